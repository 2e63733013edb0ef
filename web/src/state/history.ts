// What the page has seen since it was opened, for the charts: a bounded run of samples for each node and camera.
import { signal } from "@preact/signals";
import type { RigStatus } from "../api/types";

/** Half an hour of samples every two seconds. */
const kept = 900;
const everyMs = 2_000;

export type Metric = "fps" | "drops" | "disk" | "temperature" | "clock" | "bitrate";

export interface Sample {
  at: number;
  value: number;
}

/** By metric, then by node or camera. */
export type History = Readonly<Record<Metric, ReadonlyMap<string, readonly Sample[]>>>;

const empty = (): Record<Metric, Map<string, Sample[]>> => ({
  fps: new Map(),
  drops: new Map(),
  disk: new Map(),
  temperature: new Map(),
  clock: new Map(),
  bitrate: new Map(),
});

const series = empty();
let last = 0;

/** Counts up with every sample taken. */
export const historyVersion = signal(0);
export const history: History = series;

/** One answer as samples: pure, so that it can be tested. */
export function samplesOf(rig: RigStatus): [Metric, string, number][] {
  return rig.members.flatMap(({ status }) => {
    if (!status) return [];
    const node = status.nodeId;
    const samples: [Metric, string, number][] = [["disk", node, status.disk.freePercent]];
    if (status.temperature) samples.push(["temperature", node, status.temperature.celsius]);
    if (status.clock.offsetMs !== undefined) samples.push(["clock", node, status.clock.offsetMs]);
    for (const camera of status.cameras) {
      const key = `${node}/${camera.id}`;
      samples.push(["fps", key, camera.ingest.fps ?? 0], ["bitrate", key, camera.ingest.bitrate ?? 0], ["drops", key, camera.recorder.droppedUnits]);
    }
    return samples;
  });
}

export function noteHistory(rig: RigStatus): void {
  const at = Date.parse(rig.time);
  if (at - last < everyMs) return;
  last = at;
  for (const [metric, key, value] of samplesOf(rig)) {
    const run = series[metric].get(key) ?? [];
    run.push({ at, value });
    if (run.length > kept) run.shift();
    series[metric].set(key, run);
  }
  historyVersion.value++;
}
