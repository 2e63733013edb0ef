import { expect, it } from "vitest";
import { gridFor } from "../src/views/grid";

it("shows six pictures in three columns on a desktop and two on a phone", () => {
  expect(gridFor(6, 1500, 800, 6).columns).toBe(3);
  expect(gridFor(6, 374, 420, 6).columns).toBe(2);
});

it("never lets pictures be higher than their room", () => {
  for (let pictures = 1; pictures <= 25; pictures++) {
    const { columns, width } = gridFor(pictures, 1000, 600, 6);
    const rows = Math.ceil(pictures / columns);
    expect(rows * ((width * 9) / 16) + (rows - 1) * 6).toBeLessThanOrEqual(600.5);
    expect(columns * width + (columns - 1) * 6).toBeLessThanOrEqual(1000.5);
  }
});

it("has a column even for nothing", () => {
  expect(gridFor(0, 100, 100, 6).columns).toBe(1);
});
