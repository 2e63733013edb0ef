// What a person does with a session: begin, mark, end; on the whole rig, or on this node alone while the rig's shared state is away.
import { signal } from "@preact/signals";
import { lockView, mark, start, stop } from "../api/rig";
import { codeOf, RequestError, wordsOf } from "../api/client";
import type { CameraOutcome, SessionOutcome, StartSession } from "../api/types";
import { plural } from "../format";
import { nodeNowText } from "./clock";
import { refresh, rig, session } from "./rig";
import { announce, attempt, done, trouble } from "./toasts";

/** How the next session begins; kept until the page is closed. */
export interface Plan {
  name: string;
  preRollSeconds: number;
  minutes: number | null;
  requireAll: boolean;
  /** Keys of the cameras that record; null: all. */
  cameras: string[] | null;
  metadata: [string, string][];
}

export const plan = signal<Plan>({ name: "", preRollSeconds: 0, minutes: null, requireAll: false, cameras: null, metadata: [] });

/** What the node is busy with for us. */
export const busy = signal<"starting" | "stopping" | null>(null);

const succeeded = new Set<CameraOutcome["result"]>(["recording", "late", "stopped"]);

export const startRequest = (chosen: Plan, pressed: string, local: boolean): StartSession => ({
  requestedAt: pressed,
  ...(chosen.name ? { sessionId: chosen.name } : {}),
  ...(chosen.preRollSeconds > 0 ? { preRollSeconds: chosen.preRollSeconds } : {}),
  ...(chosen.minutes ? { durationSeconds: chosen.minutes * 60 } : {}),
  ...(chosen.requireAll ? { requireAll: true } : {}),
  ...(chosen.cameras ? { cameras: chosen.cameras } : {}),
  ...(chosen.metadata.length > 0 ? { metadata: Object.fromEntries(chosen.metadata) } : {}),
  ...(local ? { local: true } : {}),
});

/** One message for all cameras; those with the same reason are named together. */
function tell(outcome: SessionOutcome, verb: string): void {
  const bad = outcome.cameras.filter(({ result }) => !succeeded.has(result));
  const good = outcome.cameras.length - bad.length;
  if (bad.length === 0) {
    done(`${plural(good, "camera")} ${verb}.`);
    return;
  }
  const reasons = new Map<string, string[]>();
  for (const { camera, result, reason } of bad) {
    const why = reason ?? result.replaceAll("_", " ");
    reasons.set(why, [...(reasons.get(why) ?? []), camera]);
  }
  trouble(`${good} of ${plural(outcome.cameras.length, "camera")} ${verb}.`, [...reasons].map(([why, which]) => `${which.join(", ")}: ${why}`).join("\n"));
}

/** Whether only this node can be commanded. */
export const isAlone = (): boolean => rig.value !== null && !rig.value.cluster.reachable;

export async function startSession(pressed = nodeNowText()): Promise<void> {
  if (busy.value) return;
  busy.value = "starting";
  announce("Starting");
  try {
    tell(await start(startRequest(plan.value, pressed, isAlone())), "recording");
    plan.value = { ...plan.value, name: "" };
  } catch (error) {
    const { text, remedy } = wordsOf(error);
    trouble(text, remedy);
    if (error instanceof RequestError) error.problem.gates?.forEach((gate) => trouble(`${gate.camera ?? gate.gate}: ${gate.value}`, gate.remedy));
  } finally {
    busy.value = null;
    void refresh();
  }
}

export async function stopSession(pressed = nodeNowText()): Promise<void> {
  if (busy.value) return;
  busy.value = "stopping";
  announce("Stopping");
  const running = session.value?.sessionId;
  try {
    tell(await stop({ requestedAt: pressed, ...(running ? { sessionId: running } : {}), ...(isAlone() ? { local: true } : {}) }), "stopped, files closed");
  } catch (error) {
    // Somebody else was quicker: what was wanted is so.
    if (codeOf(error) !== "no_session") {
      const { text, remedy } = wordsOf(error);
      trouble(text, remedy);
    }
  } finally {
    busy.value = null;
    void refresh();
  }
}

export const addMark = (name: string, at: string): Promise<unknown> => attempt(() => mark(name, at), `Marked: ${name}`).finally(() => void refresh());
export const takeLockView = (): Promise<unknown> => attempt(lockView, "Lock View: tone and pictures of every camera are kept in the manifest.");
