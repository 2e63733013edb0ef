import { expect, it } from "vitest";
import { refusedBy, troublesOf } from "../src/state/troubles";
import { away, camera, member, node, rig } from "./rigs";

const clock = { gate: "clock", level: "warn", value: "3 ms", limit: "warn from 2 ms", remedy: "Check the network." } as const;

it("finds nothing wrong with a rig that is well", () => {
  expect(troublesOf(rig())).toEqual([]);
  expect(refusedBy(rig()).size).toBe(0);
});

it("names a matter once although gate, warning and disagreement tell of it", () => {
  const status = node("CAM_L", { gates: [clock], warnings: ["The clock is off by 3 ms. Check the network."] });
  const found = troublesOf(
    rig({
      members: [member("CAM_L", { status })],
      disagreements: [{ code: "clock", nodes: ["CAM_L"], text: "The clock of CAM_L is off.", remedy: "Check the network." }],
    }),
  );
  expect(found.map(({ text }) => text)).toEqual(["Clock: 3 ms (warn from 2 ms)."]);
});

it("puts what stands in the way of recording first", () => {
  const blocked = { gate: "disk", level: "block", value: "4 % free", limit: "blocks below 10 %", remedy: "Copy recordings off." } as const;
  const found = troublesOf(rig({ members: [member("CAM_L", { status: node("CAM_L", { gates: [clock, blocked] }) })] }));
  expect(found.map(({ level }) => level)).toEqual(["block", "warn"]);
  expect(found[0]?.remedy).toBe("Copy recordings off.");
});

it("says that a camera should record and gets no pictures", () => {
  const silent = camera("CAM_L", "cam0", {
    ingest: { state: "no_signal", units: 1, keyUnits: 1, faults: {}, restarts: 0 },
    recorder: { state: "recording", bytes: 1, durableBytes: 1, frames: 1, droppedUnits: 0, segments: 1, gaps: [] },
  });
  const [first] = troublesOf(rig({ members: [member("CAM_L", { status: node("CAM_L", { cameras: [silent] }) })] }));
  expect(first).toMatchObject({ level: "block", where: "CAM_L/cam0" });
});

it("tells of a node that is away, and that the rig's shared state is", () => {
  const found = troublesOf(rig({ members: [member("CAM_L"), away("CAM_R")], cluster: { engine: "etcd", reachable: false, reason: "no answer" } }));
  expect(found.map(({ where }) => where).sort()).toEqual(["CAM_R", "rig"]);
  expect(found.every(({ remedy }) => remedy.length > 0)).toBe(true);
});

it("counts the cameras that a start would refuse: by their own gate, their node's, or because it is away", () => {
  const signal = { gate: "signal", camera: "cam0", level: "block", value: "none", limit: "a picture", remedy: "Check the cable." } as const;
  const refused = refusedBy(
    rig({ members: [member("CAM_L", { status: node("CAM_L", { cameras: [camera("CAM_L", "cam0"), camera("CAM_L", "cam1")], gates: [signal] }) }), away("CAM_R")] }),
  );
  expect([...refused]).toEqual(["CAM_L/cam0", "CAM_R/cam0"]);
});
