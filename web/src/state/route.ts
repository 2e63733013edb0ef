// Which view is open: the part of the address after `#`, so that the phone's back button works.
import { signal } from "@preact/signals";

export type Route =
  | { view: "live" }
  | { view: "camera"; node: string; id: string }
  | { view: "recordings" }
  | { view: "session"; id: string }
  | { view: "rig" }
  | { view: "history" }
  | { view: "events" }
  | { view: "settings"; node: string | null };

export function parseRoute(hash: string): Route {
  const [view, first, second] = hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  switch (view) {
    case "camera":
      return first && second ? { view, node: first, id: second } : { view: "live" };
    case "recordings":
      return first ? { view: "session", id: first } : { view };
    case "rig":
    case "history":
    case "events":
      return { view };
    case "settings":
      return { view, node: first ?? null };
    default:
      return { view: "live" };
  }
}

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
