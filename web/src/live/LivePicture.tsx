// A camera's live picture: the player while it is in sight, and simpler means where the browser cannot play the format.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { livePath, mjpegPath, snapshotPath } from "../api/paths";
import { connection } from "../state/rig";
import { LivePlayer } from "./player";
import type { PlayerView } from "./player";

/** A page that is hidden for longer than this gives its streams back. */
const hiddenMs = 4_000;
const stillEveryMs = 1_000;

/** Cameras whose node makes no low-resolution stream; it is off by default, and a node says so by refusing it. */
const withoutLow = signal<ReadonlySet<string>>(new Set());

interface Props {
  node: string;
  id: string;
  label: string;
  /** One picture among many: no sound, and stills instead of a stream where the format cannot be played. */
  small?: boolean;
  low?: boolean;
  muted?: boolean;
  onView?: (view: PlayerView) => void;
}

/** Whether the element is on the screen of a page that is shown. */
function useInSight(element: { current: Element | null }): boolean {
  const [inSight, set] = useState(false);
  useEffect(() => {
    let crossing = false;
    let hiding = 0;
    const update = (): void => {
      clearTimeout(hiding);
      if (document.hidden) hiding = window.setTimeout(() => set(false), hiddenMs);
      else set(crossing);
    };
    const observer = new IntersectionObserver(
      ([entry]) => {
        crossing = entry?.isIntersecting ?? false;
        update();
      },
      { rootMargin: "64px" },
    );
    if (element.current) observer.observe(element.current);
    document.addEventListener("visibilitychange", update);
    return () => {
      clearTimeout(hiding);
      observer.disconnect();
      document.removeEventListener("visibilitychange", update);
    };
  }, []);
  return inSight;
}

/** A still a second: costs one short request at a time, whatever the format. */
function Stills({ node, id, label }: Props) {
  const [at, set] = useState(0);
  const next = (): void => void setTimeout(() => set(at + 1), stillEveryMs);
  return <img class="picture" src={`${snapshotPath(node, id)}?n=${at}`} alt={`Newest picture of ${label}`} onLoad={next} onError={next} />;
}

export function LivePicture(props: Props) {
  const { node, id, label, small = false, low = false, muted = true, onView } = props;
  const box = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const inSight = useInSight(box);
  const [view, setView] = useState<PlayerView>({ state: "connecting", dropped: 0 });
  const unplayable = view.state === "unplayable";
  const key = `${node}/${id}`;
  const takesLow = low && !withoutLow.value.has(key);

  useEffect(() => {
    if (!inSight || !video.current || unplayable) return undefined;
    const path = livePath(node, id, { low: takesLow, audio: !small });
    const player = new LivePlayer(video.current, path, (next) => {
      if (next.refused && takesLow && connection.value === "live") withoutLow.value = new Set([...withoutLow.value, key]);
      setView(next);
      onView?.(next);
    });
    return () => player.stop();
  }, [node, id, takesLow, small, inSight, unplayable]);

  return (
    <div class="picture-box" ref={box} data-state={view.state} data-delay={view.delayMs?.toFixed(0)}>
      {unplayable ? (
        small ? (
          <Stills {...props} />
        ) : (
          <img class="picture" src={mjpegPath(node, id)} alt={`Live picture of ${label}`} />
        )
      ) : (
        <video class="picture" ref={video} muted={muted} playsInline autoPlay aria-label={`Live picture of ${label}`} />
      )}
      {view.state === "connecting" && <div class="picture-note quiet">Connecting…</div>}
      {(view.state === "away" || view.state === "broken") && <div class="picture-note">{view.reason}</div>}
    </div>
  );
}
