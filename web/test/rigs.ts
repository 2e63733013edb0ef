// A rig as the API tells of it, to be bent by each test.
import type { CameraStatus, NodeStatus, RigMember, RigStatus } from "../src/api/types";

export const camera = (node: string, id: string, change: Partial<CameraStatus> = {}): CameraStatus => ({
  id,
  node,
  source: "test:1280x720@30",
  ingest: { state: "streaming", units: 100, keyUnits: 4, faults: {}, restarts: 0, fps: 30 },
  recorder: { state: "idle", bytes: 0, durableBytes: 0, frames: 0, droppedUnits: 0, segments: 0, gaps: [] },
  log: { spanSeconds: 10, bytes: 1, limitBytes: 2, pressure: false, readers: 0 },
  warnings: [],
  ...change,
});

export const node = (id: string, change: Partial<NodeStatus> = {}): NodeStatus => ({
  nodeId: id,
  version: "0.1.0",
  mode: "production",
  localTime: "2026-03-01T14:30:00Z",
  uptimeSeconds: 60,
  cameras: [camera(id, "cam0")],
  disk: { path: "/data", writable: true, freeBytes: 1, totalBytes: 2, freePercent: 50 },
  clock: { source: "chrony", synchronised: true, confidence: "high", role: "client", offsetMs: 0.2 },
  process: { cpuCores: 0.1, residentBytes: 1, logBytes: 1, gcPauseMs: 0 },
  gates: [],
  warnings: [],
  ...change,
});

export const member = (id: string, change: Partial<RigMember> = {}): RigMember => ({
  view: {
    member: { nodeId: id, linkAddress: "", httpAddress: "", roles: [], incarnation: "", version: "0.1.0", cameras: ["cam0"], since: "" },
    state: "up",
    reachable: true,
    stateSince: "2026-03-01T14:00:00Z",
  },
  status: node(id),
  ...change,
});

export const rig = (change: Partial<RigStatus> = {}): RigStatus => ({
  rigId: "pitch",
  answeredBy: "CAM_L",
  time: "2026-03-01T14:30:00Z",
  cluster: { engine: "etcd", reachable: true, coordinator: "CAM_L", coordinatorState: "active" },
  members: [member("CAM_L"), member("CAM_R")],
  outcomes: [],
  disagreements: [],
  ...change,
});

/** A node of the rig that does not answer. */
export function away(id: string): RigMember {
  const { status: _, ...rest } = member(id);
  return { ...rest, view: { ...rest.view, state: "failed", reachable: false } };
}
