import { expect, it } from "vitest";
import { bitrate, bytes, codec, duration, span, spokenDuration } from "../src/format";

it("writes sizes as disks are sold", () => {
  expect([0, 999, 1000, 1_234_567, 999_600, 64_000_000_000].map(bytes)).toEqual(["0 B", "999 B", "1.00 KB", "1.23 MB", "1.00 MB", "64.0 GB"]);
});

it("writes rates", () => {
  expect([undefined, 64_000, 8_000_000, 25_400_000].map(bitrate)).toEqual(["–", "64 kbit/s", "8.0 Mbit/s", "25 Mbit/s"]);
});

it("writes durations without jumping width", () => {
  expect([0, 7.9, 751, 3723].map((seconds) => duration(seconds))).toEqual(["0:00", "0:07", "12:31", "1:02:03"]);
  expect(duration(65.27, true)).toBe("1:05.2");
  expect(duration(-1)).toBe("0:00");
});

it("says durations in words", () => {
  expect(spokenDuration(3723)).toBe("1 hour 2 minutes 3 seconds");
  expect(spokenDuration(0.2)).toBe("0 seconds");
  expect([45, 720, 12_000, 200_000].map(span)).toEqual(["45 s", "12 min", "3 h 20 min", "2 days"]);
});

it("calls codecs by their names and leaves others as they are", () => {
  expect(["h264", "hevc", "prores", undefined].map(codec)).toEqual(["H.264", "H.265", "prores", "–"]);
});
