// A small line chart of several series over time, as SVG. Reads out its newest values; shows them under the finger.
import { useState } from "preact/hooks";
import { clockTime } from "../format";
import type { Sample } from "../state/history";
import { niceScale, nearest } from "./scale";

interface Props {
  title: string;
  unit: string;
  series: ReadonlyMap<string, readonly Sample[]>;
  from: number;
  to: number;
  /** Kept in sight whatever the values are. */
  atLeast?: readonly [number, number];
  digits?: number;
}

const width = 600;
const height = 150;
const left = 44;
const bottom = 18;

/** Lines are told apart by dash as well as by shade. */
const dashes = ["", "7 4", "2 3", "10 3 2 3", "1 4", "12 6"];

export function Chart({ title, unit, series, from, to, atLeast, digits = 1 }: Props) {
  const [at, point] = useState<number | null>(null);
  const names = [...series.keys()].sort();
  const visible = new Map(names.map((name) => [name, (series.get(name) ?? []).filter((sample) => sample.at >= from)]));
  const values = [...visible.values()].flat().map(({ value }) => value);
  const scale = niceScale([...values, ...(atLeast ?? [])]);
  const x = (time: number): number => left + ((time - from) / Math.max(1, to - from)) * (width - left);
  const y = (value: number): number => 6 + (1 - (value - scale.min) / (scale.max - scale.min)) * (height - bottom - 6);
  const path = (samples: readonly Sample[]): string => samples.map(({ at: time, value }, i) => `${i ? "L" : "M"}${x(time).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  const shown = (name: string): string => {
    const samples = visible.get(name) ?? [];
    const sample = at === null ? samples.at(-1) : nearest(samples, at);
    return sample ? sample.value.toFixed(digits) : "–";
  };
  return (
    <figure class="card chart">
      <figcaption>
        <h2>{title}</h2>
        <small>{at === null ? unit : `${unit} at ${clockTime(at)}`}</small>
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`${title}: ${names.map((name) => `${name} ${shown(name)} ${unit}`).join(", ") || "nothing yet"}`}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const inside = ((event.clientX - box.left) / box.width) * width;
          point(inside < left ? null : from + ((inside - left) / (width - left)) * (to - from));
        }}
        onPointerLeave={() => point(null)}
      >
        {scale.ticks.map((tick) => (
          <g key={tick}>
            <line class="grid" x1={left} x2={width} y1={y(tick)} y2={y(tick)} />
            <text x={left - 6} y={y(tick) + 4} text-anchor="end">
              {tick.toFixed(scale.digits)}
            </text>
          </g>
        ))}
        <text x={left} y={height - 3}>
          {clockTime(from)}
        </text>
        <text x={width} y={height - 3} text-anchor="end">
          {clockTime(to)}
        </text>
        {names.map((name, i) => (
          <path key={name} class={`line l${i % 6}`} d={path(visible.get(name) ?? [])} stroke-dasharray={dashes[i % 6]} />
        ))}
        {at !== null && <line class="cursor" x1={x(at)} x2={x(at)} y1={4} y2={height - bottom} />}
      </svg>
      <ul class="legend">
        {names.map((name, i) => (
          <li key={name}>
            <svg viewBox="0 0 24 4" aria-hidden="true">
              <path class={`line l${i % 6}`} d="M0 2H24" stroke-dasharray={dashes[i % 6]} />
            </svg>
            {name} <b>{shown(name)}</b>
          </li>
        ))}
      </ul>
    </figure>
  );
}
