// Addresses of views. Pure.

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
