// The node's time as this page knows it. The phone's own clock may be minutes off, so nothing that is shown or sent uses it.
import { signal } from "@preact/signals";
import { better, readingOf } from "./reading";
import type { Reading } from "./reading";

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
