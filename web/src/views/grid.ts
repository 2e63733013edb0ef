// How all pictures are shown as large as they can be. Pure.

export interface Grid {
  columns: number;
  /** Of one picture, in pixels. */
  width: number;
}

/** The grid that shows so many 16:9 pictures as large as a box lets them be. */
export function gridFor(pictures: number, width: number, height: number, gap: number): Grid {
  let best = 1;
  let bestWidth = 0;
  for (let columns = 1; columns <= Math.max(1, pictures); columns++) {
    const rows = Math.ceil(pictures / columns);
    const byWidth = (width - gap * (columns - 1)) / columns;
    const byHeight = ((height - gap * (rows - 1)) / rows) * (16 / 9);
    const shown = Math.min(byWidth, byHeight);
    if (shown > bestWidth + 0.5) {
      best = columns;
      bestWidth = shown;
    }
  }
  return { columns: best, width: Math.floor(bestWidth) };
}
