// Axes with round numbers. Pure.
import type { Sample } from "../state/history";

export interface Scale {
  min: number;
  max: number;
  ticks: number[];
  /** Decimals that the ticks need. */
  digits: number;
}

/** Three to six round steps around the values. */
export function niceScale(values: readonly number[]): Scale {
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const from = Number.isFinite(low) ? low : 0;
  const to = Number.isFinite(high) ? high : 1;
  const span = Math.max(to - from, Math.abs(to) * 0.02, 1e-3);
  const rough = span / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((nice) => nice * power >= rough) ?? 10) * power;
  const min = Math.floor(from / step) * step;
  const steps = Math.max(1, Math.ceil((to - min) / step - 1e-9));
  return {
    min,
    max: min + steps * step,
    ticks: Array.from({ length: steps + 1 }, (_, i) => min + i * step),
    digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)),
  };
}

/** The sample closest in time; undefined when there is none. Samples are in order. */
export function nearest(samples: readonly Sample[], at: number): Sample | undefined {
  let low = 0;
  let high = samples.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((samples[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  const after = samples[low];
  const before = samples[low - 1];
  return before && after && at - before.at < after.at - at ? before : after;
}
