// Record, Mark, Stop: large enough for a thumb, held so that a pocket does not press them.
import { computed } from "@preact/signals";
import { useState } from "preact/hooks";
import { offers } from "../api/capabilities";
import { Confirm } from "../components/Dialog";
import { HoldButton } from "../components/HoldButton";
import { Icon } from "../components/Icon";
import { duration, plural, spokenDuration } from "../format";
import { nodeNow, nodeNowText, tick } from "../state/clock";
import { may } from "../state/me";
import { cameras, rig, session } from "../state/rig";
import { busy, isAlone, startSession, stopSession, takeLockView } from "../state/session";
import { refusedBy } from "../state/troubles";
import { MarkSheet } from "./MarkSheet";
import { PlanSheet } from "./PlanSheet";

const holdToRecordMs = 700;
/** Ending by mistake costs more than beginning by mistake. */
const holdToStopMs = 1_200;

const elapsed = computed(() => (session.value ? ((tick.value || nodeNow()) - Date.parse(session.value.start)) / 1000 : 0));

type Sheet = { kind: "plan" } | { kind: "mark"; at: string } | { kind: "start" } | { kind: "stop" } | null;

export function Transport() {
  const [sheet, open] = useState<Sheet>(null);
  const running = session.value;
  return (
    <section class={`transport ${running ? "running" : ""}`}>
      {running ? <Running open={open} /> : <Ready open={open} />}
      {sheet?.kind === "plan" && <PlanSheet onClose={() => open(null)} />}
      {sheet?.kind === "mark" && <MarkSheet at={sheet.at} onClose={() => open(null)} />}
      {sheet?.kind === "start" && (
        <Confirm
          title="Start recording?"
          text={`${plural(cameras.value.length, "camera")} begin at the same instant.`}
          action="Start recording"
          danger
          onConfirm={() => void startSession()}
          onClose={() => open(null)}
        />
      )}
      {sheet?.kind === "stop" && (
        <Confirm
          title="Stop recording?"
          text={`Session ${running?.sessionId ?? ""} ends on every camera.`}
          action="Stop recording"
          danger
          onConfirm={() => void stopSession()}
          onClose={() => open(null)}
        />
      )}
    </section>
  );
}

function Ready({ open }: { open: (sheet: Sheet) => void }) {
  const refused = rig.value ? refusedBy(rig.value) : new Set<string>();
  const able = cameras.value.filter(({ key }) => !refused.has(key)).length;
  const allowed = may("operator");
  const reason = !allowed
    ? "You may watch. To record, sign in as an operator."
    : cameras.value.length === 0
      ? "There is no camera to record."
      : able === 0
        ? "No camera can record now; what is wrong is listed below."
        : null;
  return (
    <>
      <HoldButton
        class="record"
        hint="Hold to record"
        holdMs={holdToRecordMs}
        disabled={reason !== null || busy.value !== null}
        onHeld={() => void startSession()}
        onAsk={() => open({ kind: "start" })}
      >
        <span class="record-dot" />
        <span class="hold-text">
          <b>{busy.value === "starting" ? "Starting…" : "Record"}</b>
          <small>{reason ?? (isAlone() ? "Hold: only this node's cameras" : able < cameras.value.length ? `Hold: ${able} of ${plural(cameras.value.length, "camera")}` : `Hold: all ${plural(able, "camera")}`)}</small>
        </span>
      </HoldButton>
      <div class="transport-row">
        <button type="button" disabled={!allowed} onClick={() => open({ kind: "plan" })}>
          <Icon name="edit" /> Session…
        </button>
        {offers("post", "/api/v1/lockview") && (
          <button type="button" disabled={!allowed} onClick={() => void takeLockView()}>
            <Icon name="lock" /> Lock View
          </button>
        )}
      </div>
    </>
  );
}

function Running({ open }: { open: (sheet: Sheet) => void }) {
  const running = session.value;
  if (!running) return null;
  const allowed = may("operator");
  const recording = cameras.value.filter(({ status }) => status?.recorder.state === "recording").length;
  const stopping = busy.value === "stopping" || running.state === "stopping";
  const last = running.marks.at(-1);
  return (
    <>
      <div class="running-head">
        <span class="rec-light" aria-hidden="true" />
        <p class="elapsed" role="timer" aria-label={`Recording for ${spokenDuration(Math.floor(elapsed.value / 60) * 60)}`}>
          {duration(elapsed.value)}
        </p>
        <p class="running-facts">
          <b>{running.sessionId}</b>
          <span>{stopping ? "closing files…" : `${recording} of ${plural(running.cameras.length, "camera")} recording`}</span>
        </p>
      </div>
      <button type="button" class="mark" disabled={!allowed || stopping} onClick={() => open({ kind: "mark", at: nodeNowText() })}>
        <Icon name="flag" size={24} />
        <span class="hold-text">
          <b>Mark</b>
          <small>{last ? `${plural(running.marks.length, "mark")} · last: ${last.name}` : "names this moment"}</small>
        </span>
      </button>
      <div class="transport-row">
        <HoldButton
          class="stop"
          hint="Hold to stop"
          holdMs={holdToStopMs}
          disabled={!allowed || stopping}
          onHeld={() => void stopSession()}
          onAsk={() => open({ kind: "stop" })}
        >
          <span class="stop-square" />
          <span class="hold-text">
            <b>{stopping ? "Stopping…" : "Stop"}</b>
            <small>{allowed ? "hold" : "operators only"}</small>
          </span>
        </HoldButton>
        {offers("post", "/api/v1/lockview") && (
          <button type="button" disabled={!allowed} onClick={() => void takeLockView()}>
            <Icon name="lock" /> Lock View
          </button>
        )}
      </div>
    </>
  );
}
