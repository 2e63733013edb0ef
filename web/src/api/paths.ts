// Where things are. What belongs to another node is reached through the one that served the page: /nodes/{node}/... is relayed there.
import { signal } from "@preact/signals";

/** The node that serves this page, once it has said so. */
export const home = signal("");

/** A path on a node of the rig. */
export const onNode = (node: string, path: string): string => (node === home.value ? path : `/nodes/${encodeURIComponent(node)}${path}`);

/** `CAM_L/cam0`: unique in the rig. */
export const cameraKey = (camera: { node: string; id: string }): string => `${camera.node}/${camera.id}`;

export function splitKey(key: string): { node: string; id: string } {
  const slash = key.indexOf("/");
  return slash < 0 ? { node: home.value, id: key } : { node: key.slice(0, slash), id: key.slice(slash + 1) };
}

/** `cam0` at home, `CAM_L/cam0` elsewhere: live pictures, stills and playback take either. */
const media = (node: string, id: string): string => (node === home.value ? "" : `${encodeURIComponent(node)}/`) + encodeURIComponent(id);

export const snapshotPath = (node: string, id: string): string => `/snapshot/${media(node, id)}.jpg`;
export const mjpegPath = (node: string, id: string): string => `/mjpeg/${media(node, id)}`;
export const recordingPath = (node: string, session: string, file: string): string =>
  onNode(node, `/recordings/${encodeURIComponent(session)}/${encodeURIComponent(file)}`);

/** The WebSocket of a camera's live pictures. */
export function livePath(node: string, id: string, { low = false, audio = true }: { low?: boolean; audio?: boolean } = {}): string {
  const url = new URL(`/live/${media(node, id)}`, location.href.replace(/^http/, "ws"));
  if (low) url.searchParams.set("quality", "low");
  if (!audio) url.searchParams.set("audio", "false");
  return url.href;
}
