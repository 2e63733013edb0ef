// Which view is open: the part of the address after `#`, so that the phone's back button works.
import { signal } from "@preact/signals";
import { parseRoute } from "./routes";
import type { Route } from "./routes";

export type { Route } from "./routes";

export const route = signal<Route>(parseRoute(location.hash));

addEventListener("hashchange", () => {
  route.value = parseRoute(location.hash);
  scrollTo(0, 0);
  document.getElementById("main")?.focus({ preventScroll: true });
});

export const linkTo = {
  live: "#/",
  camera: (node: string, id: string): string => `#/camera/${encodeURIComponent(node)}/${encodeURIComponent(id)}`,
  recordings: "#/recordings",
  session: (id: string): string => `#/recordings/${encodeURIComponent(id)}`,
  rig: "#/rig",
  history: "#/history",
  events: "#/events",
  settings: (node?: string): string => (node ? `#/settings/${encodeURIComponent(node)}` : "#/settings"),
};

export const go = (hash: string): void => {
  location.hash = hash;
};
