// The rig as the page knows it: asked once a second, and at once when an event says that something changed.
import { computed, signal } from "@preact/signals";
import { statusOf } from "../api/client";
import { followEvents } from "../api/events";
import { cameraKey, home } from "../api/paths";
import { getRig } from "../api/rig";
import type { CameraStatus, NodeStatus, RigEvent, RigMember, RigStatus, SessionStatus } from "../api/types";
import { noteAnswer, pageNow } from "./clock";
import { noteHistory } from "./history";
import { signIn } from "./me";

const shownMs = 1_000;
const hiddenMs = 10_000;

export const rig = signal<RigStatus | null>(null);

/** `away`: the node that serves this page does not answer; what is shown is old. */
export const connection = signal<"loading" | "live" | "away">("loading");
export const lastAnswer = signal(0);

export interface RigCamera {
  key: string;
  node: string;
  id: string;
  label: string;
  /** Null while its node cannot be asked. */
  status: CameraStatus | null;
}

const byNode = (a: RigMember, b: RigMember): number => a.view.member.nodeId.localeCompare(b.view.member.nodeId);

/** Nodes that were told to leave are no longer part of the picture. */
export const members = computed<RigMember[]>(() => (rig.value?.members ?? []).filter(({ view }) => view.state !== "left").sort(byNode));

export const nodes = computed<NodeStatus[]>(() => members.value.flatMap(({ status }) => (status ? [status] : [])));

const listed = computed<RigCamera[]>(() =>
  members.value.flatMap(({ view: { member }, status }): RigCamera[] =>
    status
      ? status.cameras.map((camera) => ({
          key: cameraKey(camera),
          node: camera.node,
          id: camera.id,
          label: camera.name || camera.position || camera.id,
          status: camera,
        }))
      : member.cameras.map((id) => ({ key: `${member.nodeId}/${id}`, node: member.nodeId, id, label: id, status: null })),
  ),
);

/** Cameras of several nodes may have the same name: then the node is part of it. */
export const cameras = computed<RigCamera[]>(() => {
  const names = listed.value.map(({ label }) => label);
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return listed.value.map((camera) => (twice.has(camera.label) ? { ...camera, label: `${camera.label} ${camera.node}` } : camera));
});

/** The session that runs; also one that only this or that node knows of while the rig is away. */
export const session = computed<SessionStatus | null>(() => {
  const running = (candidate: SessionStatus | undefined): candidate is SessionStatus => candidate !== undefined && candidate.state !== "finished";
  if (running(rig.value?.session)) return rig.value.session;
  return nodes.value.map((node) => node.session).find(running) ?? null;
});

let timer = 0;
let asking = false;

export async function refresh(): Promise<void> {
  if (asking) return;
  asking = true;
  clearTimeout(timer);
  try {
    const sent = pageNow();
    const answer = await getRig();
    noteAnswer(sent, pageNow(), answer.time);
    home.value = answer.answeredBy;
    rig.value = answer;
    lastAnswer.value = Date.parse(answer.time);
    connection.value = "live";
    noteHistory(answer);
  } catch (error) {
    if (statusOf(error) === 401) signIn();
    connection.value = "away";
  } finally {
    asking = false;
    timer = window.setTimeout(refresh, document.hidden ? hiddenMs : shownMs);
  }
}

/** Events that come once a second say nothing that the next answer will not. */
const changes = (event: RigEvent): boolean => !event.topic.startsWith("clock.");

export function follow(listen: (event: RigEvent, id: number) => void): void {
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void refresh();
  });
  followEvents("/api/v1/events", 0, {
    event: (event, id) => {
      listen(event, id);
      if (changes(event)) void refresh();
    },
    connected: (connected) => {
      if (!connected) void refresh();
    },
  });
}
