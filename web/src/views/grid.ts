// How many columns show all pictures as large as they can be.

/** @returns Columns for so many 16:9 pictures in a box; at least one. */
export function columnsFor(pictures: number, width: number, height: number, gap: number): number {
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
  return best;
}
