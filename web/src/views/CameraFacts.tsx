// Every field that a camera's status has, in four groups.
import type { ComponentChildren } from "preact";
import type { CameraStatus } from "../api/types";
import { Facts } from "../components/parts";
import { bitrate, bytes, clockTime, codec, count, duration, milliseconds } from "../format";

type Rows = readonly (readonly [string, ComponentChildren])[];

const words = (name: string): string => name.replaceAll("_", " ");

/** `null` leaves a line out. */
const some = <T,>(value: T | undefined, text: (value: T) => ComponentChildren): ComponentChildren => (value === undefined ? null : text(value));

const picture = ({ ingest }: CameraStatus): Rows => [
  ["State", words(ingest.state)],
  ["Size", some(ingest.resolution, ({ width, height }) => `${width} × ${height}`)],
  ["Pictures a second", some(ingest.fps, (fps) => `${fps.toFixed(2)}${ingest.nominalFps ? ` of ${Number(ingest.nominalFps.toFixed(3))}` : ""}`)],
  ["Picture and sound", ingest.videoCodec ? `${codec(ingest.videoCodec)}${ingest.audioCodec ? ` + ${codec(ingest.audioCodec)}` : ", no sound"}` : null],
  ["Rate", bitrate(ingest.bitrate)],
];

const source = ({ source: uri, position, ingest }: CameraStatus): Rows => [
  ["Source", <code>{uri}</code>],
  ["Position", position || null],
  ["Capture clock", some(ingest.captureClock, words)],
  ["Camera's clock drift", some(ingest.driftPpm, (ppm) => `${ppm.toFixed(1)} ppm`)],
  ["Units received", `${count(ingest.units)}, ${count(ingest.keyUnits)} of them key`],
  ["Restarts", ingest.restarts],
  ...Object.entries(ingest.faults).map(([kind, times]) => [`Survived: ${words(kind)}`, count(times)] as const),
  ["Last error", ingest.lastError ?? null],
  ["Its last words", ingest.lastErrorOutput?.length ? <pre>{ingest.lastErrorOutput.join("\n")}</pre> : null],
  ["Tries again at", some(ingest.retryAt, clockTime)],
];

const recorder = ({ recorder: r }: CameraStatus): Rows => [
  ["State", words(r.state)],
  ["Session", r.sessionId ?? null],
  ["Begins", some(r.start, clockTime)],
  ["Late by", r.lateMs ? milliseconds(r.lateMs) : null],
  ["Last bytes safe on disk", some(r.secondsSinceDurable, (seconds) => `${seconds.toFixed(1)} s ago`)],
  ["Written", r.bytes ? `${bytes(r.durableBytes)} safe of ${bytes(r.bytes)}` : null],
  ["Pictures", count(r.frames)],
  ["Lost", count(r.droppedUnits)],
  ["Files", r.segments],
  ["Writes to", r.file ?? null],
  ...r.gaps.map((gap) => [`Gap at ${clockTime(gap.from)}`, `${words(gap.cause)}${gap.to ? `, ${duration((Date.parse(gap.to) - Date.parse(gap.from)) / 1000, true)}` : ", not over"}`] as const),
  ["Last error", r.lastError ?? null],
];

const memory = ({ log }: CameraStatus): Rows => [
  ["Reaches back", `${log.spanSeconds.toFixed(1)} s`],
  ["Memory", `${bytes(log.bytes)} of ${bytes(log.limitBytes)}`],
  ["Readers", log.readers],
  ["Recorder keeps up", log.pressure ? "no: the disk is too slow" : "yes"],
];

export const CameraFacts = ({ status, viewer }: { status: CameraStatus; viewer: Rows }) => (
  <div class="cards">
    <section class="card">
      <h2>Picture</h2>
      <Facts rows={[...picture(status), ...viewer]} />
    </section>
    <section class="card">
      <h2>Recording</h2>
      <Facts rows={recorder(status)} />
    </section>
    <section class="card">
      <h2>Source</h2>
      <Facts rows={source(status)} />
    </section>
    <section class="card">
      <h2>Newest pictures in memory</h2>
      <Facts rows={memory(status)} />
    </section>
  </div>
);
