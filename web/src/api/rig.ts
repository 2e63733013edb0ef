// The commands and questions of the dashboard, one function each.
import { request } from "./client";
import { onNode } from "./paths";
import type {
  CameraStatus,
  ConfigurationChanged,
  ConfigurationView,
  LogPage,
  Mark,
  Me,
  RecordingsPage,
  RigStatus,
  Role,
  SelfTestReport,
  SessionOutcome,
  StartSession,
} from "./types";

/** A node that hangs must not freeze the page's picture of the rig. */
const statusPatience = 8_000;
const selfTestPatience = 180_000;

const newRequest = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export const getRig = (): Promise<RigStatus> => request("/api/v1/rig", { patience: statusPatience });
export const getMe = (): Promise<Me> => request("/api/v1/me", { patience: statusPatience });

/** A link that signs one browser in, once. */
export const makeLink = (role: Role): Promise<{ link: string; expires: string }> => request("/api/v1/links", { method: "POST", body: { role } });
export const logout = (): Promise<void> => request("/api/v1/logout", { method: "POST" });

/** The press counts from when it was made: a request that is slow on its way still begins there. */
export const start = (session: StartSession): Promise<SessionOutcome> =>
  request("/api/v1/start", { method: "POST", body: { requestId: newRequest(), ...session } });
export const stop = (stop: { sessionId?: string; local?: boolean; requestedAt?: string }): Promise<SessionOutcome> =>
  request("/api/v1/stop", { method: "POST", body: { requestId: newRequest(), ...stop } });
export const mark = (name: string, at: string): Promise<Mark> => request("/api/v1/marks", { method: "POST", body: { name, at } });
export const lockView = (): Promise<unknown> => request("/api/v1/lockview", { method: "POST", body: {} });

const camera = (node: string, id: string, action: string): Promise<CameraStatus> =>
  request(`/api/v1/cameras/${encodeURIComponent(node)}/${encodeURIComponent(id)}/${action}`, { method: "POST" });
export const pauseCamera = (node: string, id: string): Promise<CameraStatus> => camera(node, id, "pause");
export const resumeCamera = (node: string, id: string): Promise<CameraStatus> => camera(node, id, "resume");
export const recordCamera = (node: string, id: string): Promise<unknown> =>
  request(onNode(node, `/record/start/${encodeURIComponent(id)}`), { method: "POST" });
export const stopCamera = (node: string, id: string): Promise<unknown> =>
  request(onNode(node, `/record/stop/${encodeURIComponent(id)}`), { method: "POST" });

export const getRecordings = (node: string, skip = 0, take = 50): Promise<RecordingsPage> =>
  request(onNode(node, `/api/v1/recordings?skip=${skip}&take=${take}`));

export const getConfiguration = (node: string): Promise<ConfigurationView> => request(onNode(node, "/api/v1/config"));
export const changeConfiguration = (
  node: string,
  set: Record<string, string | null>,
  ifVersion?: number,
  dryRun = false,
): Promise<ConfigurationChanged> =>
  request(onNode(node, "/api/v1/config"), { method: "POST", body: { set, dryRun, ...(ifVersion === undefined ? {} : { ifVersion }) } });

export const selfTest = (node: string): Promise<SelfTestReport> =>
  request(onNode(node, "/api/v1/selftest"), { method: "POST", patience: selfTestPatience });
export const getLogs = (node: string): Promise<LogPage> => request(`/logs?limit=100&node=${encodeURIComponent(node)}`);
export const shutdown = (node: string): Promise<unknown> => request(onNode(node, "/api/v1/shutdown"), { method: "POST", body: {} });
export const checkUpdate = (node: string): Promise<{ version?: string; available?: boolean; notes?: string }> => request(onNode(node, "/update/check"));
export const applyUpdate = (node: string): Promise<unknown> => request(onNode(node, "/update/apply?whenIdle=true"), { method: "POST", body: {} });
