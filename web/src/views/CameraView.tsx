// One camera: its picture as large as the screen allows, everything its node says of it, and what can be done with it alone.
import { useRef, useState } from "preact/hooks";
import { offers } from "../api/capabilities";
import { snapshotPath } from "../api/paths";
import { changeConfiguration, pauseCamera, recordCamera, resumeCamera, stopCamera } from "../api/rig";
import type { CameraStatus } from "../api/types";
import { Icon } from "../components/Icon";
import { Empty, Loading, Notice, StateChip } from "../components/parts";
import { milliseconds } from "../format";
import { LivePicture } from "../live/LivePicture";
import type { PlayerView } from "../live/player";
import { may } from "../state/me";
import { cameras, connection, refresh, session } from "../state/rig";
import { linkTo } from "../state/route";
import { attempt } from "../state/toasts";
import { CameraFacts } from "./CameraFacts";

interface Props {
  node: string;
  id: string;
}

export function CameraView({ node, id }: Props) {
  const camera = cameras.value.find((one) => one.node === node && one.id === id);
  const [view, setView] = useState<PlayerView | null>(null);
  const [listening, listen] = useState(false);
  const stage = useRef<HTMLDivElement>(null);
  if (!camera) {
    return connection.value === "loading" ? (
      <Loading what="the camera" />
    ) : (
      <Empty title={`There is no camera ${node}/${id}`}>
        <a href={linkTo.live}>All cameras</a>
      </Empty>
    );
  }
  const { status, label } = camera;
  return (
    <div class="camera-page">
      <header class="page-head">
        <a class="button plain square" href={linkTo.live} aria-label="All cameras">
          <Icon name="back" />
        </a>
        <h1>{label}</h1>
        <StateChip status={status} />
      </header>
      <div class="stage" ref={stage}>
        {status ? <LivePicture node={node} id={id} label={label} muted={!listening} onView={setView} /> : <p class="tile-reason">Its node does not answer.</p>}
      </div>
      <div class="actions">
        {status?.ingest.audioCodec && (
          <button type="button" aria-pressed={listening} onClick={() => listen(!listening)}>
            <Icon name={listening ? "sound" : "mute"} /> {listening ? "Listening" : "Listen"}
          </button>
        )}
        <button type="button" onClick={() => void stage.current?.requestFullscreen()}>
          <Icon name="full" /> Full screen
        </button>
        {status && <Actions status={status} />}
      </div>
      {status?.warnings.map((warning) => (
        <Notice key={warning} tone="warn" title={warning} />
      ))}
      {status && (
        <CameraFacts
          status={status}
          viewer={[
            ["Delay from capture to screen", view?.delayMs === undefined ? null : milliseconds(view.delayMs)],
            ["Pictures that this screen missed", view ? view.dropped : null],
          ]}
        />
      )}
    </div>
  );
}

function Actions({ status }: { status: CameraStatus }) {
  const { node, id, ingest, recorder } = status;
  const allowed = may("operator");
  const act = (work: () => Promise<unknown>, success: string): void => void attempt(work, success).then(refresh);
  const paused = ingest.state === "paused";
  const records = recorder.state === "recording" || recorder.state === "arming";
  return (
    <>
      {offers("get", "/snapshot/*.jpg") || offers("get", "/snapshot/*") || offers("get", "/snapshot/*/*") ? (
        <a class="button" href={snapshotPath(node, id)} download={`${node}_${id}.jpg`}>
          <Icon name="camera" /> Snapshot
        </a>
      ) : null}
      {allowed && (
        <>
          {ingest.state === "error" || paused ? (
            <button type="button" onClick={() => act(() => resumeCamera(node, id), "The camera starts again.")}>
              <Icon name="play" /> Start the camera
            </button>
          ) : (
            <button type="button" disabled={records} title={records ? "Not while it records" : undefined} onClick={() => act(() => pauseCamera(node, id), "The camera is paused.")}>
              <Icon name="pause" /> Pause the camera
            </button>
          )}
          {records ? (
            <button type="button" onClick={() => act(() => stopCamera(node, id), "This camera's recording has ended; the others go on.")}>
              Stop this camera only
            </button>
          ) : (
            <button type="button" onClick={() => act(() => recordCamera(node, id), "This camera records.")}>
              {session.value ? "Add to the session" : "Record this camera only"}
            </button>
          )}
        </>
      )}
      {may("admin") && (
        <button
          type="button"
          onClick={() =>
            void attempt(
              () => changeConfiguration(node, { [`cameras.${id}.audio`]: ingest.audioCodec ? "false" : "true" }),
              ({ restarted, pending }) =>
                restarted.length > 0 ? `Applied; ${restarted.join(", ")} started again.` : (Object.values(pending)[0] ?? "Applied."),
            )
          }
        >
          {ingest.audioCodec ? "Leave the sound out" : "Take the sound in"}
        </button>
      )}
    </>
  );
}
