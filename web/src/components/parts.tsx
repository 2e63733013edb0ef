// The smallest pieces that several views share.
import type { ComponentChildren } from "preact";
import type { CameraStatus } from "../api/types";
import { Icon } from "./Icon";

export type Tone = "quiet" | "good" | "warn" | "block" | "rec";

export const Chip = ({ tone = "quiet", children }: { tone?: Tone; children: ComponentChildren }) => <span class={`chip ${tone}`}>{children}</span>;

/** Names and values as a definition list; a value of null leaves its line out. */
export const Facts = ({ rows }: { rows: readonly (readonly [string, ComponentChildren])[] }) => (
  <dl class="facts">
    {rows
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
  </dl>
);

interface MeterProps {
  label: string;
  /** 0 to 1 */
  value: number;
  text: string;
  tone?: Tone;
}

export const Meter = ({ label, value, text, tone = "quiet" }: MeterProps) => (
  <div class={`meter ${tone}`}>
    <span class="meter-label">{label}</span>
    <span class="meter-text">{text}</span>
    <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect class="track" width="100" height="4" />
      <rect class="fill" width={Math.min(100, Math.max(0, value * 100))} height="4" />
    </svg>
  </div>
);

export const Notice = ({ tone, title, children }: { tone: "warn" | "block" | "quiet"; title: ComponentChildren; children?: ComponentChildren }) => (
  <div class={`notice ${tone}`}>
    <Icon name={tone === "quiet" ? "check" : "warn"} />
    <div>
      <p class="notice-title">{title}</p>
      {children && <div class="remedy">{children}</div>}
    </div>
  </div>
);

export const Empty = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <div class="empty">
    <p class="empty-title">{title}</p>
    {children && <p>{children}</p>}
  </div>
);

export const Loading = ({ what }: { what: string }) => (
  <div class="empty" role="status">
    <p class="empty-title">Loading {what}…</p>
  </div>
);

const ingestWords: Record<CameraStatus["ingest"]["state"], [string, Tone]> = {
  idle: ["Idle", "quiet"],
  starting: ["Starting", "quiet"],
  streaming: ["Live", "good"],
  no_signal: ["No picture", "block"],
  error: ["Fault", "block"],
  paused: ["Paused", "quiet"],
};

/** What a camera does, in one word: recording outweighs the rest. */
export function cameraState(status: CameraStatus | null): [string, Tone] {
  if (!status) return ["Node away", "block"];
  const { recorder, ingest } = status;
  if (recorder.state === "failed") return ["Not recording", "block"];
  if (recorder.state === "recording" || recorder.state === "arming") {
    return ingest.state === "streaming" ? [recorder.state === "arming" ? "Arming" : "REC", "rec"] : ["REC, no picture", "block"];
  }
  if (recorder.state === "finalizing") return ["Closing file", "quiet"];
  return ingestWords[ingest.state];
}

export const StateChip = ({ status }: { status: CameraStatus | null }) => {
  const [word, tone] = cameraState(status);
  return <Chip tone={tone}>{word}</Chip>;
};
