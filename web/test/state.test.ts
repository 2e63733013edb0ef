import { describe, expect, it } from "vitest";
import type { RigEvent } from "../src/api/types";
import { decode } from "../src/api/client";
import { nearest, niceScale } from "../src/components/scale";
import { joined } from "../src/live/feed";
import { capturedAt, readMessage } from "../src/live/messages";
import { samplesOf } from "../src/state/history";
import { better, readingOf } from "../src/state/reading";
import { parseRoute } from "../src/state/routes";
import { isTrouble, sentence } from "../src/state/sentences";
import { rig } from "./rigs";

describe("the node's clock", () => {
  it("is taken from the middle of the round trip", () => {
    expect(readingOf(1000, 1040, 5020)).toEqual({ offset: 4000, uncertainty: 20, taken: 1040 });
  });

  it("is believed from the quickest answer of the last minute", () => {
    const quick = readingOf(1000, 1010, 5005);
    expect(better(quick, readingOf(2000, 2100, 9000))).toBe(quick);
    expect(better(quick, readingOf(70_000, 70_100, 9000)).taken).toBe(70_100);
    expect(better(null, quick)).toBe(quick);
  });
});

describe("addresses", () => {
  it("lead to views", () => {
    expect(parseRoute("#/camera/CAM_L/cam0")).toEqual({ view: "camera", node: "CAM_L", id: "cam0" });
    expect(parseRoute("#/recordings/CUP%201")).toEqual({ view: "session", id: "CUP 1" });
    expect(parseRoute("#/settings")).toEqual({ view: "settings", node: null });
  });

  it("that lead nowhere lead to the live view", () => {
    expect(["", "#", "#/nowhere", "#/camera/CAM_L"].map(parseRoute)).toEqual(Array.from({ length: 4 }, () => ({ view: "live" })));
  });
});

describe("events", () => {
  const event = (topic: string, rest: Record<string, unknown> = {}): RigEvent => ({ topic, time: "2026-03-01T14:30:00Z", node: "CAM_L", ...rest });

  it("are told in words", () => {
    expect(sentence(event("camera.disconnected", { camera: "cam0", reason: "no signal" }))).toBe("CAM_L/cam0 no longer delivers: no signal.");
    expect(sentence(event("mark.added", { mark: { name: "goal", at: "" } }))).toBe("Mark: goal.");
    expect(sentence(event("something.new"))).toBe("CAM_L: something.new");
  });

  it("that are trouble are known", () => {
    expect([event("alarm.raised"), event("cluster.member", { state: "failed" }), event("recording.stop")].map(isTrouble)).toEqual([true, true, false]);
  });
});

describe("messages", () => {
  it("of the API have no nulls, only absent fields", () => {
    expect(decode('{"a":null,"b":{"c":null,"d":1}}')).toEqual({ b: { d: 1 } });
  });

  it("of a live stream that are not known are passed over", () => {
    expect(readMessage('{"type":"weather"}')).toBeNull();
    expect(readMessage('{"type":"drop","units":3,"total":5,"cause":"lag"}')).toMatchObject({ type: "drop", total: 5 });
  });

  it("tie media time to the instant of capture", () => {
    expect(capturedAt({ type: "time", media: 10, utcUs: 5_000_000_000 }, 10.5)).toBe(5_000_500);
  });

  it("of pictures that wait become one append", () => {
    expect([...joined([new Uint8Array([1, 2]).buffer, new Uint8Array([3]).buffer])]).toEqual([1, 2, 3]);
  });
});

describe("charts", () => {
  it("have round steps around every value", () => {
    for (const values of [[0, 30], [29.97, 30.03], [-0.4, 12.2], [5], [], [1e9, 2e9]]) {
      const { min, max, ticks } = niceScale(values);
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThan(9);
      expect(values.every((value) => value >= min - 1e-9 && value <= max + 1e-9)).toBe(true);
    }
  });

  it("find the sample under the finger", () => {
    const run = [10, 20, 30].map((at) => ({ at, value: at }));
    expect([0, 14, 16, 99].map((at) => nearest(run, at)?.at)).toEqual([10, 10, 20, 30]);
    expect(nearest([], 5)).toBeUndefined();
  });

  it("are drawn from what every node that answers says", () => {
    expect(samplesOf(rig()).map(([metric, key]) => `${metric} ${key}`)).toContain("fps CAM_R/cam0");
  });
});
