// How the rig did lately.
import { useState } from "preact/hooks";
import { Chart } from "../components/Chart";
import { Select } from "../components/Select";
import { Empty } from "../components/parts";
import { nodeNow } from "../state/clock";
import { history, historyVersion } from "../state/history";
import type { Metric } from "../state/history";
import { linkTo } from "../state/route";

const charts: readonly { metric: Metric; title: string; unit: string; digits?: number; scaled?: number; atLeast?: readonly [number, number] }[] = [
  { metric: "fps", title: "Pictures a second", unit: "fps", digits: 1, atLeast: [0, 30] },
  { metric: "bitrate", title: "Rate", unit: "Mbit/s", scaled: 1e-6, digits: 1, atLeast: [0, 1] },
  { metric: "drops", title: "Lost in this recording", unit: "units", digits: 0, atLeast: [0, 1] },
  { metric: "clock", title: "Clock offset", unit: "ms", digits: 2, atLeast: [-1, 1] },
  { metric: "disk", title: "Disk free", unit: "%", digits: 1, atLeast: [0, 100] },
  { metric: "temperature", title: "Temperature", unit: "°C", digits: 0, atLeast: [30, 60] },
];

const spans = [
  ["2", "2 minutes"],
  ["10", "10 minutes"],
  ["30", "30 minutes"],
] as const;

export function HistoryView() {
  const [minutes, setMinutes] = useState<(typeof spans)[number][0]>("10");
  const to = nodeNow();
  const from = to - Number(minutes) * 60_000;
  const none = historyVersion.value === 0;
  return (
    <>
      <header class="page-head">
        <h1>History</h1>
        <span class="spacer" />
        <Select label="The last" value={minutes} options={spans} onChange={setMinutes} />
        <a class="button" href={linkTo.events}>
          Events
        </a>
      </header>
      {none ? (
        <Empty title="Nothing yet">What the rig reports is drawn from the moment this page was opened.</Empty>
      ) : (
        <div class="charts">
          {charts
            .filter(({ metric }) => history[metric].size > 0)
            .map(({ metric, scaled = 1, ...chart }) => (
              <Chart
                key={metric}
                {...chart}
                from={from}
                to={to}
                series={scaled === 1 ? history[metric] : new Map([...history[metric]].map(([key, run]) => [key, run.map(({ at, value }) => ({ at, value: value * scaled }))]))}
              />
            ))}
        </div>
      )}
    </>
  );
}
