// One node: what it says of itself, and what can be done with it.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { offers } from "../api/capabilities";
import { home } from "../api/paths";
import { changeConfiguration, selfTest, shutdown } from "../api/rig";
import type { ClockStatus, NodeStatus, RigMember, SelfTestReport } from "../api/types";
import { Confirm } from "../components/Dialog";
import { Icon } from "../components/Icon";
import { Chip, Facts, Meter, Notice } from "../components/parts";
import type { Tone } from "../components/parts";
import { bytes, clockTime, milliseconds, plural, span } from "../format";
import { may } from "../state/me";
import { refresh } from "../state/rig";
import { linkTo } from "../state/route";
import { attempt } from "../state/toasts";
import { LogSheet } from "./LogSheet";
import { SelfTestSheet } from "./SelfTestSheet";

const levelOf = (status: NodeStatus, gate: string): Tone => {
  const level = status.gates.find((one) => one.gate === gate && !one.camera)?.level;
  return level === "warn" || level === "block" ? level : "quiet";
};

const clockWords = ({ source, offsetMs, uncertaintyMs, reference, role }: ClockStatus): ComponentChildren =>
  role === "master"
    ? "the rig's time comes from here"
    : offsetMs === undefined
      ? "offset unknown"
      : `${offsetMs >= 0 ? "+" : "−"}${milliseconds(Math.abs(offsetMs))}${uncertaintyMs === undefined ? "" : ` ± ${milliseconds(uncertaintyMs)}`} (${source}${reference ? `, ${reference}` : ""})`;

const facts = (status: NodeStatus): readonly (readonly [string, ComponentChildren])[] => [
  ["Clock", clockWords(status.clock)],
  ["Clock confidence", `${status.clock.confidence}${status.clock.synchronised ? "" : ", not synchronised"}${status.clock.stratum ? `, stratum ${status.clock.stratum}` : ""}`],
  ["Last synchronised", status.clock.lastSync ? clockTime(status.clock.lastSync) : null],
  ["Clock step held back", status.clock.heldStepMs ? milliseconds(status.clock.heldStepMs) : null],
  ["Local time", clockTime(status.localTime)],
  ["Master time", status.masterTime ? clockTime(status.masterTime) : null],
  ["Processor", `${status.process.cpuCores.toFixed(2)} cores`],
  ["Memory", `${bytes(status.process.residentBytes)}, ${bytes(status.process.logBytes)} of it pictures`],
  ["Collector pauses", milliseconds(status.process.gcPauseMs)],
  ["Network", status.network ? `${status.network.mode.replaceAll("_", " ")}${status.network.name ? ` ${status.network.name}` : ""}` : null],
  ["Recordings in", <code>{status.disk.path}</code>],
  ["Up for", span(status.uptimeSeconds)],
  ["Version", status.version],
];

type Sheet = "log" | "shutdown" | SelfTestReport | null;

export function NodeCard({ member: { view, status, error } }: { member: RigMember }) {
  const node = view.member.nodeId;
  const [sheet, open] = useState<Sheet>(null);
  return (
    <section class="card" aria-label={node}>
      <header class="card-head">
        <h2>{node}</h2>
        {node === home.value && <Chip>this page</Chip>}
        {status ? <Chip tone="good">{plural(status.cameras.length, "camera")}</Chip> : <Chip tone="block">{view.state === "failed" ? "away" : "no answer"}</Chip>}
      </header>
      {status ? (
        <Answering status={status} open={open} />
      ) : (
        <Notice tone="block" title={error ?? `${node} does not answer; ${view.state} since ${clockTime(view.stateSince)}.`}>
          Check its power and network. If it was recording it goes on, and it joins again by itself.
        </Notice>
      )}
      {sheet === "log" && <LogSheet node={node} onClose={() => open(null)} />}
      {sheet === "shutdown" && (
        <Confirm
          title={`Shut ${node} down?`}
          text="It ends its recordings, closes every file and powers off. Somebody has to switch it on again by hand."
          action="Shut down"
          danger
          onConfirm={() => void attempt(() => shutdown(node), `${node} is shutting down.`)}
          onClose={() => open(null)}
        />
      )}
      {sheet !== null && typeof sheet === "object" && <SelfTestSheet node={node} report={sheet} onClose={() => open(null)} />}
    </section>
  );
}

function Answering({ status, open }: { status: NodeStatus; open: (sheet: Sheet) => void }) {
  const { nodeId: node, disk, battery, temperature, mode, gates } = status;
  const [testing, setTesting] = useState(false);
  const room = disk.estimatedMinutes === undefined ? "" : `, room for ${span(disk.estimatedMinutes * 60)}`;
  const test = async (): Promise<void> => {
    setTesting(true);
    const report = await attempt(() => selfTest(node));
    setTesting(false);
    if (report) open(report);
  };
  return (
    <>
      <Meter
        label={disk.writable ? "Disk" : "Disk, not writable"}
        value={1 - disk.freePercent / 100}
        text={`${bytes(disk.freeBytes)} free of ${bytes(disk.totalBytes)}${room}`}
        tone={disk.writable ? levelOf(status, "disk") : "block"}
      />
      {battery && <Meter label={battery.charging ? "Battery, charging" : "Battery"} value={battery.percent / 100} text={`${battery.percent.toFixed(0)} %`} tone={levelOf(status, "battery")} />}
      {temperature && <Meter label="Temperature" value={temperature.celsius / 100} text={`${temperature.celsius.toFixed(0)} °C (${temperature.sensor})`} tone={levelOf(status, "temperature")} />}
      {gates
        .filter(({ level }) => level !== "ok")
        .map((gate) => (
          <Notice
            key={`${gate.gate} ${gate.camera ?? ""}`}
            tone={gate.level === "block" ? "block" : "warn"}
            title={`${gate.camera ? `${gate.camera}: ` : ""}${gate.gate}: ${gate.value} (${gate.limit}).`}
          >
            {gate.remedy}
          </Notice>
        ))}
      <Facts rows={facts(status)} />
      <div class="actions">
        <button type="button" onClick={() => open("log")}>
          <Icon name="list" /> Log
        </button>
        {may("operator") && (
          <button type="button" disabled={testing || status.session !== undefined} onClick={() => void test()}>
            <Icon name="check" /> {testing ? "Testing, 15 s…" : "Self-test"}
          </button>
        )}
        {may("admin") && (
          <button
            type="button"
            title="Development writes logs to disk; production keeps them in memory."
            onClick={() =>
              void attempt(() => changeConfiguration(node, { "node.mode": mode === "production" ? "development" : "production" }), "The mode is changed.").then(refresh)
            }
          >
            Mode: {mode}
          </button>
        )}
        {may("admin") && (
          <a class="button" href={linkTo.settings(node)}>
            <Icon name="gear" /> Settings
          </a>
        )}
        {may("admin") && offers("post", "/api/v1/shutdown") && (
          <button type="button" onClick={() => open("shutdown")}>
            <Icon name="power" /> Shut down…
          </button>
        )}
      </div>
    </>
  );
}
