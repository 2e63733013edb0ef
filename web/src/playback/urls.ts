// Playback and export of a span of one camera: /list and /get as docs/reference/live.md describes them.
import { home } from "../api/paths";
import type { Manifest } from "../api/types";

export const pathOf = ({ node, camera }: Manifest): string => (node === home.value ? camera : `${node}/${camera}`);

/** @param start Milliseconds since 1970. */
export function spanUrl(manifest: Manifest, start: number, seconds: number, format: "fmp4" | "mp4"): string {
  const query = new URLSearchParams({
    path: pathOf(manifest),
    start: new Date(start).toISOString(),
    duration: seconds.toFixed(3),
    format,
    session: manifest.sessionId,
  });
  return `/get?${query.toString()}`;
}
