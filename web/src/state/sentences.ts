// Events in words.
import type { Gap, Mark, RigEvent, Segment, SessionStatus } from "../api/types";
import { bytes, count } from "../format";

const text = (value: unknown): string => (typeof value === "string" ? value : value === undefined || value === null ? "" : String(value));
const camera = (event: RigEvent): string => (event["camera"] ? `${event.node}/${text(event["camera"])}` : event.node);
const number = (value: unknown): number => (typeof value === "number" ? value : 0);
const because = (reason: unknown): string => (reason ? `: ${text(reason)}` : "");

const states: Record<SessionStatus["state"], string> = {
  starting: "is starting",
  recording: "is recording",
  stopping: "is closing its files",
  finished: "is finished",
};

const words: Record<string, (event: RigEvent) => string> = {
  "camera.connected": (e) => `${camera(e)} delivers pictures.`,
  "camera.disconnected": (e) => `${camera(e)} no longer delivers${because(e["reason"])}.`,
  "camera.state": (e) => `${camera(e)} went from ${text(e["from"])} to ${text(e["to"])}${because(e["reason"])}.`.replaceAll("_", " "),
  "camera.format": (e) => `${camera(e)} has another format: ${text(e["format"])}.`,
  "recording.start": (e) => `${camera(e)} records ${text(e["sessionId"])}${number(e["lateMs"]) > 0 ? `, ${number(e["lateMs"]).toFixed(0)} ms late` : ""}.`,
  "recording.stop": (e) => `${camera(e)} closed ${text(e["sessionId"])}: ${count(number(e["frames"]))} pictures, ${bytes(number(e["bytes"]))}.`,
  "recording.error": (e) => `${camera(e)} cannot record: ${text(e["error"])} ${text(e["remedy"])}`,
  "recording.gap": (e) => `${camera(e)} has a gap in ${text(e["sessionId"])} (${(e["gap"] as Gap).cause.replaceAll("_", " ")}).`,
  "recording.segment": (e) => `${camera(e)} finished the file ${(e["segment"] as Segment).file}.`,
  "recording.repaired": (e) => `${text(e["file"])} was repaired: ${text(e["result"])}.`,
  "session.state": (e) => `Session ${(e["session"] as SessionStatus).sessionId} ${states[(e["session"] as SessionStatus).state]}.`,
  "mark.added": (e) => `Mark: ${(e["mark"] as Mark).name}.`,
  "alarm.raised": (e) => `${text(e["text"])} ${text(e["remedy"])}`,
  "alarm.cleared": (e) => `No longer: ${text(e["alarm"]).replaceAll(".", " ")}.`,
  "system.health": (e) => `${e.node}: the conditions for recording changed.`,
  "clock.changed": (e) => `${e.node}: the clock's state changed.`,
  "clock.stepped": (e) => `${e.node}: somebody set the clock by ${number(e["stepMs"]).toFixed(0)} ms${e["held"] ? "; the step is held back while it records" : ""}.`,
  "config.changed": (e) => `${e.node}: settings changed (${(e["keys"] as string[]).join(", ")}).`,
  "cluster.member": (e) => `${text(e["member"])} is ${text(e["state"])}${e["reachable"] ? "" : " and cannot be reached"}.`,
  "cluster.leader": (e) => (e["leader"] ? `${text(e["leader"])} coordinates the rig.` : "Nobody coordinates the rig at the moment."),
  "cluster.engine": (e) => (e["reachable"] ? "The rig's shared state is back." : `The rig's shared state is away${because(e["reason"])}.`),
  "snapshot.taken": (e) => `Snapshot of ${camera(e)}.`,
};

export const sentence = (event: RigEvent): string => (words[event.topic]?.(event) ?? `${event.node}: ${event.topic}`).trim();

const urgent = new Set(["camera.disconnected", "recording.error", "recording.gap", "alarm.raised", "cluster.engine", "session.state", "mark.added"]);
export const isUrgent = (event: RigEvent): boolean => urgent.has(event.topic);

const bad = new Set(["camera.disconnected", "recording.error", "recording.gap", "alarm.raised", "clock.stepped"]);
export const isTrouble = (event: RigEvent): boolean =>
  bad.has(event.topic) || (event.topic === "cluster.engine" && !event["reachable"]) || (event.topic === "cluster.member" && event["state"] !== "up");
