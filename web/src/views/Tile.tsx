// One camera on the wall: its picture, who it is, what it does, and what is wrong with it.
import { LivePicture } from "../live/LivePicture";
import { quality } from "../state/preferences";
import type { RigCamera } from "../state/rig";
import { linkTo } from "../state/route";
import { cameraState, StateChip } from "../components/parts";

/** A phone's wall asks for the low-resolution stream; where a node makes none, the full one comes. */
const smallScreen = 700;
const wantsLow = (): boolean => quality.value === "low" || (quality.value === "auto" && innerWidth < smallScreen);

/** Why there is no picture, in the words of the node. */
function reason({ status }: RigCamera): string | null {
  if (!status) return "Its node does not answer";
  const { ingest } = status;
  switch (ingest.state) {
    case "no_signal":
      return status.warnings[0] ?? "No signal: check power and cable";
    case "error":
      return ingest.lastError ?? status.warnings[0] ?? "The source does not work";
    case "paused":
      return "Paused";
    case "idle":
    case "starting":
      return "Starting…";
    case "streaming":
      return null;
  }
}

export function Tile({ camera }: { camera: RigCamera }) {
  const { node, id, label, status } = camera;
  const [word, tone] = cameraState(status);
  const dark = reason(camera);
  return (
    <li class={`tile ${tone}`} data-camera={camera.key}>
      {status && dark === null && <LivePicture node={node} id={id} label={label} small low={wantsLow()} />}
      {dark !== null && <p class="tile-reason">{dark}</p>}
      <a href={linkTo.camera(node, id)} class="tile-link" aria-label={`${label} on ${node}: ${word}${dark ? `. ${dark}` : ""}`}>
        <span class="tile-name">
          <b>{label}</b>
          <span>
            {node}/{id}
          </span>
        </span>
        <StateChip status={status} />
      </a>
    </li>
  );
}
