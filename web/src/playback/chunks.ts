// Which piece of a camera's recording is needed next. Pure; times are seconds from the session's start.
import type { Stretch } from "./sessions";

/** A piece asked for in one request: long enough to be worth it, short enough that a jump waits little. */
export const chunkSeconds = 4;

/** Loaded ahead of the playhead. */
export const aheadSeconds = 12;

export interface Chunk {
  key: string;
  from: number;
  to: number;
}

/** The stretch that shows a picture at a position. */
export const stretchAt = (stretches: readonly Stretch[], at: number): Stretch | undefined => stretches.find(({ from, to }) => at >= from && at < to);

/** The first position at or after this one that has a picture; undefined when there is none. */
export function nextPicture(stretches: readonly Stretch[], at: number): number | undefined {
  const starts = stretches.filter(({ to }) => to > at).map(({ from }) => Math.max(from, at));
  return starts.length > 0 ? Math.min(...starts) : undefined;
}

function chunkOf({ from, to }: Stretch, at: number): Chunk {
  const index = Math.floor((at - from) / chunkSeconds + 1e-6);
  const begin = from + index * chunkSeconds;
  return { key: `${from.toFixed(3)}+${index}`, from: begin, to: Math.min(to, begin + chunkSeconds) };
}

/** The nearest chunk at or ahead of the playhead that is not there yet; null when enough is. */
export function nextChunk(stretches: readonly Stretch[], playhead: number, has: (key: string) => boolean): Chunk | null {
  for (let at = nextPicture(stretches, playhead); at !== undefined && at < playhead + aheadSeconds; ) {
    const stretch = stretchAt(stretches, at);
    if (!stretch) return null;
    const chunk = chunkOf(stretch, at);
    if (!has(chunk.key)) return chunk;
    at = nextPicture(stretches, Math.max(chunk.to, at + 1e-3));
  }
  return null;
}
