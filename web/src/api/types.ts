// The messages of the node's API as they arrive, named as in /openapi/v1.json. Times are RFC 3339 UTC, sizes bytes, rates bits per second.

export type IngestState = "idle" | "starting" | "streaming" | "no_signal" | "error" | "paused";
export type RecorderState = "idle" | "arming" | "recording" | "finalizing" | "failed";
export type GateLevel = "ok" | "warn" | "block";
export type SessionState = "starting" | "recording" | "stopping" | "finished";
export type Role = "viewer" | "operator" | "admin";

export interface Resolution {
  width: number;
  height: number;
}

export interface Gap {
  from: string;
  to?: string;
  units?: number;
  cause: string;
}

export interface IngestStatus {
  state: IngestState;
  resolution?: Resolution;
  fps?: number;
  nominalFps?: number;
  videoCodec?: string;
  audioCodec?: string;
  bitrate?: number;
  captureClock?: string;
  driftPpm?: number;
  units: number;
  keyUnits: number;
  faults: Record<string, number>;
  restarts: number;
  lastError?: string;
  lastErrorOutput?: string[];
  retryAt?: string;
}

export interface RecorderStatus {
  state: RecorderState;
  sessionId?: string;
  start?: string;
  lateMs?: number;
  secondsSinceDurable?: number;
  bytes: number;
  durableBytes: number;
  frames: number;
  droppedUnits: number;
  segments: number;
  file?: string;
  gaps: Gap[];
  lastError?: string;
}

export interface LogStatus {
  spanSeconds: number;
  oldest?: string;
  bytes: number;
  limitBytes: number;
  pressure: boolean;
  readers: number;
}

export interface CameraStatus {
  id: string;
  node: string;
  name?: string;
  position?: string;
  source: string;
  ingest: IngestStatus;
  recorder: RecorderStatus;
  log: LogStatus;
  warnings: string[];
}

export interface GateReading {
  gate: string;
  camera?: string;
  level: GateLevel;
  value: string;
  limit: string;
  remedy: string;
}

export interface DiskStatus {
  path: string;
  writable: boolean;
  freeBytes: number;
  totalBytes: number;
  freePercent: number;
  estimatedMinutes?: number;
}

export interface ClockStatus {
  source: string;
  synchronised: boolean;
  offsetMs?: number;
  uncertaintyMs?: number;
  stratum?: number;
  lastSync?: string;
  confidence: "unknown" | "low" | "medium" | "high";
  role: "none" | "client" | "master";
  reference?: string;
  rootDelayMs?: number;
  rootDispersionMs?: number;
  driftPpm?: number;
  heldStepMs?: number;
}

export interface Mark {
  name: string;
  at: string;
}

export interface SessionStatus {
  sessionId: string;
  state: SessionState;
  start: string;
  end?: string;
  cameras: string[];
  marks: Mark[];
  metadata: Record<string, string>;
}

export interface NodeStatus {
  nodeId: string;
  version: string;
  mode: "production" | "development";
  localTime: string;
  masterTime?: string;
  uptimeSeconds: number;
  cameras: CameraStatus[];
  session?: SessionStatus;
  disk: DiskStatus;
  battery?: { percent: number; charging: boolean };
  temperature?: { celsius: number; sensor: string };
  clock: ClockStatus;
  process: { cpuCores: number; residentBytes: number; logBytes: number; gcPauseMs: number };
  /** Network of the node, where it tells: `access_point` is the one that it opened itself because it found no other. */
  network?: { mode: string; name?: string; address?: string };
  gates: GateReading[];
  warnings: string[];
}

export interface Member {
  nodeId: string;
  linkAddress: string;
  httpAddress: string;
  roles: string[];
  incarnation: string;
  version: string;
  cameras: string[];
  since: string;
}

export interface RigMember {
  view: { member: Member; state: "up" | "left" | "failed"; reachable: boolean; stateSince: string };
  status?: NodeStatus;
  error?: string;
}

export interface ClusterStatus {
  engine: string;
  reachable: boolean;
  reason?: string;
  coordinator?: string;
  coordinatorState?: "standby" | "taking_over" | "active";
  token?: number;
}

export interface Disagreement {
  code: string;
  nodes: string[];
  text: string;
  remedy: string;
}

export interface CameraOutcome {
  camera: string;
  result: "recording" | "late" | "refused" | "timeout" | "unreachable" | "stopped" | "failed";
  offsetMs?: number;
  reason?: string;
  gates?: GateReading[];
}

export interface RigStatus {
  rigId: string;
  answeredBy: string;
  time: string;
  cluster: ClusterStatus;
  members: RigMember[];
  session?: SessionStatus;
  outcomes: CameraOutcome[];
  disagreements: Disagreement[];
}

export interface SessionOutcome {
  sessionId: string;
  state: SessionState;
  start: string;
  end?: string;
  cameras: CameraOutcome[];
}

export interface StartSession {
  sessionId?: string;
  cameras?: string[];
  preRollSeconds?: number;
  durationSeconds?: number;
  requireAll?: boolean;
  force?: boolean;
  local?: boolean;
  metadata?: Record<string, string>;
  requestedAt?: string;
  requestId?: string;
}

export interface Segment {
  file: string;
  bytes: number;
  frames: number;
  first?: string;
  last?: string;
  sha256?: string;
  closed: boolean;
  repaired: boolean;
  offloaded?: { at: string; by: string };
  deleted?: string;
  damage?: string;
}

export interface Manifest {
  sessionId: string;
  camera: string;
  node: string;
  position?: string;
  softwareVersion: string;
  start: string;
  end?: string;
  startOffsetMs?: number;
  lateMs?: number;
  durationSeconds: number;
  resolution?: Resolution;
  fps?: number;
  videoCodec?: string;
  audioCodec?: string;
  bitrate?: number;
  frames: number;
  droppedUnits: number;
  segments: Segment[];
  gaps: Gap[];
  marks: Mark[];
  notes: { at: string; text: string }[];
  metadata: Record<string, string>;
  complete: boolean;
}

export interface RecordedSession {
  sessionId: string;
  start: string;
  end?: string;
  bytes: number;
  cameras: Manifest[];
}

export interface RecordingsPage {
  sessions: RecordedSession[];
  total: number;
  broken: { path: string; problem: string }[];
}

export interface Setting {
  key: string;
  value?: string;
  default?: string;
  origin?: string;
  applies: "live" | "camera" | "node";
  description?: string;
}

export interface ConfigurationView {
  version: number;
  settings: Setting[];
}

export interface ConfigurationChanged {
  version: number;
  applied: string[];
  restarted: string[];
  pending: Record<string, string>;
}

export interface SelfTestReport {
  passed: boolean;
  start: string;
  seconds: number;
  cameras: { camera: string; passed: boolean; frames: number; decodedFrames: number; bytes: number; errors: string[] }[];
}

export interface LogPage {
  lines: { number: number; time: string; level: string; source: string; text: string }[];
}

export interface Problem {
  title: string;
  status: number;
  code: string;
  detail?: string;
  remedy?: string;
  gates?: GateReading[];
  outcome?: SessionOutcome;
}

/** An event of `GET /api/v1/events`; what else it carries depends on the topic. */
export interface RigEvent {
  topic: string;
  time: string;
  node: string;
  [field: string]: unknown;
}

/** `GET /api/v1/me`. */
export interface Me {
  node: string;
  authenticated: boolean;
  /** Rights are switched off: everybody is admin. */
  open: boolean;
  name?: string;
  role?: Role;
  kind?: "session" | "token" | "local" | "open";
  expires?: string;
  /** The rig has no user yet. */
  setup?: boolean;
}
