// What is wrong with the rig now, each matter once, the gravest first, with what to do about it.
import type { CameraStatus, Disagreement, GateReading, NodeStatus, RigMember, RigStatus } from "../api/types";

/** `block`: it stands in the way of recording or harms it. `warn`: it will, or it should be looked at. */
export interface Trouble {
  id: string;
  level: "warn" | "block";
  /** Camera key, node id or `rig`. */
  where: string;
  text: string;
  remedy: string;
}

const gateWords: Record<string, string> = {
  signal: "No picture",
  disk: "Disk",
  temperature: "Temperature",
  battery: "Battery",
  clock: "Clock",
  recorder: "Recorder",
};

const ofGate = (node: string, gate: GateReading): Trouble => {
  const where = gate.camera ? `${node}/${gate.camera}` : node;
  return {
    id: `gate ${gate.gate} ${where}`,
    level: gate.level === "block" ? "block" : "warn",
    where,
    text: `${gateWords[gate.gate] ?? gate.gate}: ${gate.value} (${gate.limit}).`,
    remedy: gate.remedy,
  };
};

const ofDisagreement = (found: Disagreement): Trouble => ({
  id: `rig ${found.code} ${found.nodes.join(" ")}`,
  level: found.code === "session" || found.code === "camera" ? "block" : "warn",
  where: found.nodes.length === 1 ? (found.nodes[0] ?? "rig") : "rig",
  text: found.text,
  remedy: found.remedy,
});

function ofRecorder(node: string, camera: CameraStatus): Trouble[] {
  const where = `${node}/${camera.id}`;
  const { recorder, ingest } = camera;
  if (recorder.state === "failed") {
    return [
      {
        id: `recorder ${where}`,
        level: "block",
        where,
        text: `It does not record${recorder.lastError ? `: ${recorder.lastError}` : "."}`,
        remedy: "Mend what the message names, then start this camera again from its page.",
      },
    ];
  }
  if (recorder.state === "recording" && (ingest.state === "no_signal" || ingest.state === "error")) {
    return [
      {
        id: `recorder signal ${where}`,
        level: "block",
        where,
        text: "It should record and no pictures come; the file has a gap.",
        remedy: "Check the camera's power and cable. The recording goes on by itself when pictures come.",
      },
    ];
  }
  return [];
}

/** A sentence of the node that says the same as one of its gates is left out. */
const words = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, " ");

function ofNode(status: NodeStatus): Trouble[] {
  const gates = status.gates.filter(({ level }) => level !== "ok").map((gate) => ofGate(status.nodeId, gate));
  const recorders = status.cameras.flatMap((camera) => ofRecorder(status.nodeId, camera));
  const said = [...gates, ...recorders].map(({ remedy }) => words(remedy));
  const fresh = (warning: string): boolean => !said.some((remedy) => remedy !== "" && words(warning).includes(remedy));
  const warn = (where: string, warning: string): Trouble => ({ id: `warning ${where} ${warning}`, level: "warn", where, text: warning, remedy: "" });
  return [
    ...recorders,
    ...gates,
    ...status.warnings.filter(fresh).map((warning) => warn(status.nodeId, warning)),
    ...status.cameras.flatMap((camera) => camera.warnings.filter(fresh).map((warning) => warn(`${status.nodeId}/${camera.id}`, warning))),
  ];
}

function ofMember({ view, status, error }: RigMember): Trouble[] {
  if (status) return ofNode(status);
  if (view.state === "left") return [];
  const node = view.member.nodeId;
  return [
    {
      id: `member ${node}`,
      level: "block",
      where: node,
      text: view.state === "failed" ? `${node} is away.` : `${node} does not answer${error ? `: ${error}` : "."}`,
      remedy: "Check its power and network. If it was recording, it goes on by itself and joins again when it is back.",
    },
  ];
}

function ofCluster(rig: RigStatus): Trouble[] {
  const { cluster } = rig;
  if (cluster.reachable && (cluster.coordinator || cluster.engine === "embedded")) return [];
  return [
    {
      id: "cluster",
      level: "block",
      where: "rig",
      text: cluster.reachable ? "Nobody coordinates the rig at the moment." : `The rig's shared state is away${cluster.reason ? `: ${cluster.reason}` : "."}`,
      remedy: cluster.reachable
        ? "Wait a few seconds: another node takes over."
        : "Whatever records goes on. Check the lighthouse and the network; until then Record and Stop act on this node's cameras only.",
    },
  ];
}

/** Every matter once: a node that is away is also a disagreement between nodes, and the sentence that names it first is kept. */
export function troublesOf(rig: RigStatus): Trouble[] {
  const found = [...ofCluster(rig), ...rig.members.flatMap(ofMember)];
  const away = new Set(found.filter(({ id }) => id.startsWith("member ")).map(({ where }) => where));
  const said = new Set(found.map(({ id }) => id));
  const known = ({ code, nodes }: Disagreement): boolean =>
    nodes.length > 0 && ((code === "member" && nodes.every((node) => away.has(node))) || nodes.every((node) => said.has(`gate ${code} ${node}`)));
  const told = rig.disagreements.filter((one) => !known(one)).map(ofDisagreement);
  const all = new Map([...found, ...told].map((trouble) => [trouble.id, trouble]));
  return [...all.values()].sort((a, b) => Number(b.level === "block") - Number(a.level === "block"));
}

/** Cameras that a start would refuse now. */
export const refusedBy = (rig: RigStatus): ReadonlySet<string> =>
  new Set(
    rig.members.flatMap(({ view, status }) =>
      status
        ? status.cameras
            .filter((camera) => status.gates.some((gate) => gate.level === "block" && (!gate.camera || gate.camera === camera.id)))
            .map((camera) => `${status.nodeId}/${camera.id}`)
        : view.member.cameras.map((id) => `${view.member.nodeId}/${id}`),
    ),
  );
