import { describe, expect, it } from "vitest";
import { steer, target } from "../src/live/edge";

describe("the live edge", () => {
  it("is kept by playing on while the picture is fresh", () => {
    expect(steer(9.9, 0, 10, 1)).toEqual({ rate: 1, seek: null });
  });

  it("is caught up with a little faster, and until it is well within reach", () => {
    expect(steer(9.75, 0, 10, 1).rate).toBeGreaterThan(1);
    expect(steer(9.85, 0, 10, 1.08).rate).toBeGreaterThan(1);
    expect(steer(9.85, 0, 10, 1).rate).toBe(1);
    expect(steer(9.9, 0, 10, 1.08).rate).toBe(1);
  });

  it("is jumped to from far behind", () => {
    expect(steer(5, 0, 10, 1)).toEqual({ rate: 1, seek: 10 - target });
  });

  it("is jumped to over a hole, never before what is there", () => {
    expect(steer(3, 9.99, 10, 1).seek).toBe(9.99);
  });

  it("is jumped back to when playback ran past it", () => {
    expect(steer(12, 0, 10, 1).seek).toBe(10 - target);
  });
});
