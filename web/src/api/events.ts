// Server-sent events of one node, with what EventSource leaves to the page: coming back after a refusal, and noticing a connection that died in silence.
import { decode } from "./client";
import type { RigEvent } from "./types";

/** The node says something every 15 s, whatever happens. */
const silenceMs = 40_000;
const firstRetryMs = 1_000;
const lastRetryMs = 30_000;

export const topics = [
  "camera.connected",
  "camera.disconnected",
  "camera.state",
  "camera.format",
  "recording.start",
  "recording.stop",
  "recording.error",
  "recording.gap",
  "recording.segment",
  "recording.repaired",
  "session.state",
  "mark.added",
  "alarm.raised",
  "alarm.cleared",
  "system.health",
  "clock.changed",
  "clock.stepped",
  "config.changed",
  "cluster.member",
  "cluster.leader",
  "cluster.engine",
  "snapshot.taken",
] as const;

export interface EventListener {
  event(event: RigEvent, id: number): void;
  connected(connected: boolean): void;
}

/**
 * Follows a node's events until the returned function is called.
 * @param after The last event already known; 0 replays what the node still has.
 */
export function followEvents(path: string, after: number | null, listener: EventListener): () => void {
  let source: EventSource | null = null;
  let watchdog = 0;
  let retry = 0;
  let wait = firstRetryMs;
  let last = after;

  const heard = (): void => {
    clearTimeout(watchdog);
    watchdog = window.setTimeout(again, silenceMs);
  };

  const again = (): void => {
    source?.close();
    clearTimeout(watchdog);
    clearTimeout(retry);
    listener.connected(false);
    retry = window.setTimeout(open, wait);
    wait = Math.min(wait * 2, lastRetryMs);
  };

  const take = (message: MessageEvent<string>): void => {
    heard();
    const id = Number(message.lastEventId);
    if (Number.isFinite(id) && id > 0) last = id;
    listener.event(decode<RigEvent>(message.data), id);
  };

  const open = (): void => {
    const query = last === null ? "" : `&lastEventId=${last}`;
    source = new EventSource(`${path}?topics=${topics.join(",")}${query}`);
    source.onopen = () => {
      wait = firstRetryMs;
      listener.connected(true);
      heard();
    };
    source.onerror = again;
    source.addEventListener("hello", heard);
    source.addEventListener("keep-alive", heard);
    for (const topic of topics) source.addEventListener(topic, take);
  };

  open();
  return () => {
    clearTimeout(watchdog);
    clearTimeout(retry);
    source?.close();
  };
}
