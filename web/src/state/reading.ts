// One answer of the node as a reading of its clock. Pure.

/** A reading is believed for as long as this; then a worse one replaces it, because phone clocks drift. */
const believedMs = 60_000;

export interface Reading {
  /** Node minus page, in milliseconds. */
  offset: number;
  /** Half of the round trip: the most that the offset may be wrong. */
  uncertainty: number;
  taken: number;
}

/** The better of what is known and a new answer: the shorter round trip wins while the older one is still believed. */
export function better(known: Reading | null, next: Reading): Reading {
  return known !== null && next.uncertainty > known.uncertainty && next.taken - known.taken < believedMs ? known : next;
}

/** Four-timestamp exchange with one stamp on the far side: the answer was made in the middle of the round trip. */
export function readingOf(sent: number, received: number, nodeTime: number): Reading {
  return { offset: nodeTime - (sent + received) / 2, uncertainty: (received - sent) / 2, taken: received };
}
