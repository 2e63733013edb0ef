// One camera of a session while it is played.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Manifest } from "../api/types";
import type { Conductor } from "./conductor";
import type { Stretch } from "./sessions";
import { Track } from "./track";
import type { TrackState } from "./track";
import { spanUrl } from "./urls";

interface Props {
  manifest: Manifest;
  label: string;
  stretches: readonly Stretch[];
  sessionStart: number;
  conductor: Conductor;
  muted: boolean;
}

export function CameraPane({ manifest, label, stretches, sessionStart, conductor, muted }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const track = useRef<Track | null>(null);
  const [state, setState] = useState<{ state: TrackState; reason?: string }>({ state: "loading" });

  useEffect(() => {
    if (!video.current) return undefined;
    const made = new Track(
      video.current,
      stretches,
      sessionStart,
      (from, seconds) => spanUrl(manifest, sessionStart + from * 1000, seconds, "fmp4"),
      (next, reason) => setState(reason === undefined ? { state: next } : { state: next, reason }),
    );
    track.current = made;
    const remove = conductor.add(made);
    return () => {
      remove();
      made.close();
    };
  }, [conductor]);

  useEffect(() => track.current?.extend(stretches), [stretches]);

  return (
    <div class="tile pane" data-camera={`${manifest.node}/${manifest.camera}`} data-state={state.state}>
      <div class="picture-box">
        <video class={`picture ${state.state === "gap" ? "none" : ""}`} ref={video} muted={muted} playsInline aria-label={`Recording of ${label}`} />
        {state.state === "gap" && <p class="picture-note quiet">No picture at this moment</p>}
        {state.state === "loading" && <p class="picture-note quiet">Loading…</p>}
        {state.state === "failed" && <p class="picture-note">{state.reason}</p>}
      </div>
      <span class="tile-link">
        <span class="tile-name">
          <b>{label}</b>
          <span>
            {manifest.node}/{manifest.camera}
          </span>
        </span>
      </span>
    </div>
  );
}
