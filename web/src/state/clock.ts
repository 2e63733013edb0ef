// The node's time as this page knows it. The phone's own clock may be minutes off, so nothing that is shown or sent uses it.
import { signal } from "@preact/signals";

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

let reading: Reading | null = null;

/** Page time in milliseconds that no clock setting moves. */
export const pageNow = (): number => performance.timeOrigin + performance.now();

export function noteAnswer(sent: number, received: number, nodeTime: string): void {
  reading = better(reading, readingOf(sent, received, Date.parse(nodeTime)));
}

/** The node's time now, in milliseconds since 1970. */
export const nodeNow = (): number => pageNow() + (reading?.offset ?? 0);
export const nodeNowText = (): string => new Date(nodeNow()).toISOString();

/** Ticks four times a second for whatever counts time on the page. */
export const tick = signal(0);
setInterval(() => {
  if (!document.hidden) tick.value = nodeNow();
}, 250);
