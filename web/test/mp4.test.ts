import { expect, it } from "vitest";
import { mimeOf } from "../src/playback/mp4";

const box = (type: string, ...parts: number[][]): number[] => {
  const body = parts.flat();
  const size = body.length + 8;
  return [size >> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255, ...[...type].map((letter) => letter.charCodeAt(0)), ...body];
};
const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);
const track = (entry: number[]): number[] => box("trak", box("mdia", box("minf", box("stbl", box("stsd", [0, 0, 0, 0, 0, 0, 0, 1], entry)))));
const file = (...tracks: number[][]): ArrayBuffer => new Uint8Array([...box("ftyp", zeros(8)), ...box("moov", ...tracks)]).buffer;

it("names H.264 by profile, constraints and level", () => {
  expect(mimeOf(file(track(box("avc1", zeros(78), box("avcC", [1, 0x42, 0xc0, 0x1f])))))).toBe('video/mp4; codecs="avc1.42C01F"');
});

it("names H.265 as ISO/IEC 14496-15 E.3 does", () => {
  const hvcC = [1, 0x01, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 93];
  expect(mimeOf(file(track(box("hvc1", zeros(78), box("hvcC", hvcC)))))).toBe('video/mp4; codecs="hvc1.1.6.L93.90"');
});

it("names the sound beside the picture, and leaves out what no browser plays", () => {
  const picture = track(box("avc1", zeros(78), box("avcC", [1, 0x64, 0, 0x28])));
  const sound = track(box("mp4a", zeros(28), box("esds", zeros(4))));
  const timecode = track(box("tmcd", zeros(26)));
  expect(mimeOf(file(picture, sound, timecode))).toBe('video/mp4; codecs="avc1.640028,mp4a.40.2"');
});

it("says so when there is nothing to play", () => {
  expect(mimeOf(new Uint8Array([0, 0, 0, 99, 1, 2, 3, 4, 5]).buffer)).toBeNull();
});
