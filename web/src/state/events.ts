// The newest events, for the list and for what is read out.
import { signal } from "@preact/signals";
import type { RigEvent } from "../api/types";
import { announce } from "./toasts";
import { sentence, isUrgent } from "./sentences";

const kept = 500;

export interface Listed {
  id: number;
  event: RigEvent;
}

export const events = signal<readonly Listed[]>([]);

/** Events older than the page are replayed into the list and not read out. */
let opened = Number.POSITIVE_INFINITY;
export const openedAt = (nodeTime: number): void => {
  opened = nodeTime;
};

export function noteEvent(event: RigEvent, id: number): void {
  if (events.value.some((listed) => listed.id === id && listed.event.node === event.node)) return;
  events.value = [{ id, event }, ...events.value].slice(0, kept);
  if (Date.parse(event.time) > opened && isUrgent(event)) announce(sentence(event));
}
