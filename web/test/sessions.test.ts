import { describe, expect, it } from "vitest";
import type { Manifest, RecordedSession } from "../src/api/types";
import { nextChunk, nextPicture, stretchAt } from "../src/playback/chunks";
import { lengthOf, marksOf, mergeSessions, offloaded, stretches } from "../src/playback/sessions";

const T0 = "2026-03-01T14:30:00.000Z";
const at = (seconds: number): string => new Date(Date.parse(T0) + seconds * 1000).toISOString();

const manifest = (node: string, camera: string, change: Partial<Manifest> = {}): Manifest => ({
  sessionId: "CUP",
  camera,
  node,
  softwareVersion: "0.1.0",
  start: T0,
  durationSeconds: 20,
  fps: 25,
  frames: 500,
  droppedUnits: 0,
  segments: [
    { file: "a.mp4", bytes: 1, frames: 250, first: at(0), last: at(9.96), closed: true, repaired: false },
    { file: "b.mp4", bytes: 1, frames: 200, first: at(12), last: at(19.96), closed: true, repaired: false, offloaded: { at: at(60), by: "Kim" } },
  ],
  gaps: [{ from: at(10), to: at(12), cause: "discontinuity" }],
  marks: [{ name: "goal", at: at(5) }],
  notes: [],
  metadata: {},
  complete: true,
  ...change,
});

const page = (session: Partial<RecordedSession>): RecordedSession => ({ sessionId: "CUP", start: T0, bytes: 10, end: at(20), cameras: [], ...session });

describe("sessions of several nodes", () => {
  it("are one, with the newest first", () => {
    const merged = mergeSessions([
      [page({ cameras: [manifest("CAM_R", "cam0")] }), page({ sessionId: "OLD", start: at(-900), cameras: [] })],
      [page({ cameras: [manifest("CAM_L", "cam0")], end: at(21) })],
    ]);
    expect(merged.map(({ id, bytes, end }) => [id, bytes, end])).toEqual([
      ["CUP", 20, at(21)],
      ["OLD", 10, at(20)],
    ]);
    expect(merged[0]?.manifests.map(({ node }) => node)).toEqual(["CAM_L", "CAM_R"]);
  });

  it("are open while one node's part is", () => {
    const { end: _, ...open } = page({});
    expect(mergeSessions([[page({})], [open]])[0]?.end).toBeNull();
  });

  it("have each mark once, and count copied files", () => {
    const [session] = mergeSessions([[page({ cameras: [manifest("CAM_R", "cam0"), manifest("CAM_R", "cam1")] })]]);
    if (!session) throw new Error("no session");
    expect(marksOf(session)).toHaveLength(1);
    expect(offloaded(session)).toEqual({ done: 2, of: 4 });
    expect(lengthOf(session, Date.parse(at(100)))).toBeCloseTo(20, 5);
  });
});

describe("what is loaded for playback", () => {
  const pictures = stretches(manifest("CAM_L", "cam0"), Date.parse(T0), Date.parse(at(100)));

  it("ends a file with its last picture", () => {
    expect(pictures.map(({ from, to }) => [from, Number(to.toFixed(6))])).toEqual([
      [0, 10],
      [12, 20],
    ]);
  });

  it("leaves out what is deleted or damaged", () => {
    const [first, second] = manifest("CAM_L", "cam0").segments;
    if (!first || !second) throw new Error("no segments");
    const changed = manifest("CAM_L", "cam0", { segments: [{ ...first, deleted: T0 }, { ...second, damage: "no index" }] });
    expect(stretches(changed, Date.parse(T0), 0)).toEqual([]);
  });

  it("knows where a gap is and where pictures come again", () => {
    expect(stretchAt(pictures, 11)).toBeUndefined();
    expect(nextPicture(pictures, 11)).toBe(12);
    expect(nextPicture(pictures, 25)).toBeUndefined();
  });

  it("is asked for piece by piece, over the gap, and no further than is needed", () => {
    const asked: string[] = [];
    for (let chunk = nextChunk(pictures, 5, (key) => asked.includes(key)); chunk; chunk = nextChunk(pictures, 5, (key) => asked.includes(key))) {
      expect(chunk.to).toBeGreaterThan(chunk.from);
      asked.push(chunk.key);
    }
    expect(asked).toEqual(["0.000+1", "0.000+2", "12.000+0", "12.000+1"]);
  });
});
