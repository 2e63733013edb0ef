// The text messages of WS /live/{camera}, as docs/reference/live.md describes them. Whatever else comes is passed over.

import { decode } from "../api/client";

export interface FormatMessage {
  type: "format";
  reason: "start" | "change" | "audio_lost" | "audio_back" | "restart";
  mime: string;
  tracks: { kind: string; codec: string; name: string; width?: number; height?: number; fps?: number }[];
  /** Tracks of the camera that browsers cannot play. */
  left: string[];
}

/** Ties media time (seconds) to the capture instant (microseconds since 1970 by the rig's clock). */
export interface TimeMessage {
  type: "time";
  media: number;
  utcUs: number;
}

export interface DropMessage {
  type: "drop";
  units: number;
  total: number;
}

export interface AwayMessage {
  type: "away";
  reason: "no_pictures" | "restarting" | "removed";
}

export type LiveMessage = FormatMessage | TimeMessage | DropMessage | AwayMessage | { type: "back" };

const known = new Set(["format", "time", "drop", "away", "back"]);

export function readMessage(text: string): LiveMessage | null {
  const message = decode<unknown>(text);
  const type = typeof message === "object" && message !== null && "type" in message ? message.type : undefined;
  return typeof type === "string" && known.has(type) ? (message as LiveMessage) : null;
}

/** When a picture at this media time was captured, in milliseconds since 1970. */
export const capturedAt = (time: TimeMessage, mediaTime: number): number => time.utcUs / 1000 + (mediaTime - time.media) * 1000;
