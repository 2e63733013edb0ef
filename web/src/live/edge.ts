// Staying at the live edge: what to do with the playback, given how far it is behind what has arrived. Pure.

/** Kept between the picture shown and the newest one that arrived: covers the jitter of a home network's Wi-Fi at 30 pictures a second. */
export const target = 0.08;

/** Behind by more than this, a jump disturbs less than a minute of faster playback. */
const jumpBehind = 0.8;

/** Two thresholds, so that the rate does not flicker around one. */
const hurryAbove = 0.2;
const hurryUntil = 0.11;

/** Speech stays natural and motion shows nothing. */
const hurryRate = 1.08;
const farRate = 1.2;
const farAbove = 0.4;

export interface Edge {
  rate: number;
  /** Where to jump, or null to play on. */
  seek: number | null;
}

/**
 * @param position Playback position in seconds.
 * @param start Where the buffered range begins that holds the newest picture.
 * @param end Where it ends.
 * @param rate The present rate.
 */
export function steer(position: number, start: number, end: number, rate: number): Edge {
  const behind = end - position;
  if (position < start || behind > jumpBehind || behind < -0.5) return { rate: 1, seek: Math.max(start, end - target) };
  if (behind > farAbove) return { rate: farRate, seek: null };
  const hurrying = rate > 1;
  return { rate: behind > (hurrying ? hurryUntil : hurryAbove) ? hurryRate : 1, seek: null };
}
