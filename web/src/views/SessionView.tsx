// A recorded session: all of its cameras side by side on one timeline, its marks, its files, and a span of it to take along.
import { useEffect, useMemo, useState } from "preact/hooks";
import { Icon } from "../components/Icon";
import { Empty, Loading } from "../components/parts";
import { Segmented } from "../components/Select";
import { duration } from "../format";
import { CameraPane } from "../playback/CameraPane";
import { Conductor } from "../playback/conductor";
import { ExportSheet } from "../playback/ExportSheet";
import { lengthOf, manifestKey, marksOf, stretches } from "../playback/sessions";
import type { RigSession } from "../playback/sessions";
import { Timeline } from "../playback/Timeline";
import type { Row, Span } from "../playback/Timeline";
import { useSessions } from "../playback/useSessions";
import { nodeNow } from "../state/clock";
import { cameras } from "../state/rig";
import { linkTo } from "../state/route";
import { gridFor } from "./grid";
import { SessionFiles } from "./SessionFiles";

const rates = [
  ["0.5", "½×"],
  ["1", "1×"],
  ["2", "2×"],
] as const;
type Rate = (typeof rates)[number][0];

const labelOf = (key: string): string => cameras.value.find((camera) => camera.key === key)?.label ?? key;

function rowsOf(session: RigSession, now: number): Row[] {
  const start = Date.parse(session.start);
  const seconds = (at: string | undefined): number => ((at ? Date.parse(at) : now) - start) / 1000;
  return session.manifests.map((manifest) => ({
    key: manifestKey(manifest),
    label: labelOf(manifestKey(manifest)),
    stretches: stretches(manifest, start, now),
    gaps: manifest.gaps.map(({ from, to, cause }) => ({ from: seconds(from), to: seconds(to), text: `Gap: ${cause.replaceAll("_", " ")}` })),
  }));
}

export function SessionView({ id }: { id: string }) {
  const { sessions } = useSessions();
  const found = sessions?.find((session) => session.id === id);
  if (!sessions) return <Loading what="the recording" />;
  if (!found) {
    return (
      <Empty title={`There is no session ${id}`}>
        <a href={linkTo.recordings}>All recordings</a>
      </Empty>
    );
  }
  return <Player session={found} />;
}

function useConductor(length: number): Conductor {
  const conductor = useMemo(() => new Conductor(length), []);
  useEffect(() => () => conductor.close(), []);
  useEffect(() => conductor.setLength(length), [length]);
  return conductor;
}

function Player({ session }: { session: RigSession }) {
  const now = nodeNow();
  const length = lengthOf(session, now);
  const start = Date.parse(session.start);
  const conductor = useConductor(length);
  const [span, setSpan] = useState<Span | null>(null);
  const [exporting, setExporting] = useState(false);
  const [heard, hear] = useState<string | null>(null);
  const rows = rowsOf(session, now);
  const marks = marksOf(session).map((mark) => ({ ...mark, position: (Date.parse(mark.at) - start) / 1000 }));
  const { columns, width } = gridFor(session.manifests.length, document.getElementById("main")?.clientWidth ?? innerWidth, innerHeight * 0.52, 6);
  const at = conductor.position.value;

  useEffect(() => {
    const keys = (event: KeyboardEvent): void => {
      const typing = event.target instanceof HTMLElement && event.target.closest("input, select, button, a, dialog");
      if (typing || event.key !== " ") return;
      event.preventDefault();
      conductor.toggle();
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, []);

  const edge = (side: "from" | "to"): void => {
    const old = span ?? { from: 0, to: length };
    const next = { ...old, [side]: at };
    setSpan(next.from < next.to ? next : side === "from" ? { from: at, to: length } : { from: 0, to: at });
  };

  return (
    <div class="session-page">
      <header class="page-head">
        <a class="button plain square" href={linkTo.recordings} aria-label="All recordings">
          <Icon name="back" />
        </a>
        <h1>{session.id}</h1>
      </header>
      <div class="wall panes" style={{ "--columns": columns, "--tile": `${width}px` }}>
        {session.manifests.map((manifest) => (
          <CameraPane
            key={manifestKey(manifest)}
            manifest={manifest}
            label={labelOf(manifestKey(manifest))}
            stretches={stretches(manifest, start, now)}
            sessionStart={start}
            conductor={conductor}
            muted={heard !== manifestKey(manifest)}
          />
        ))}
      </div>
      <Timeline length={length} rows={rows} marks={marks} conductor={conductor} span={span} />
      <div class="playbar">
        <button type="button" class="primary play" onClick={() => conductor.toggle()}>
          <Icon name={conductor.playing.value ? "pause" : "play"} /> {conductor.playing.value ? "Pause" : "Play"}
        </button>
        <p class="position">
          <b>{duration(at, true)}</b> <span>of {duration(length)}</span> {conductor.waiting.value && <small>loading…</small>}
        </p>
        <Segmented label="Speed" value={String(conductor.rate.value) as Rate} options={rates} onChange={(value) => (conductor.rate.value = Number(value))} />
        <label class="field inline">
          <span>Sound</span>
          <select value={heard ?? ""} onChange={(event) => hear(event.currentTarget.value || null)}>
            <option value="">off</option>
            {session.manifests
              .filter(({ audioCodec }) => audioCodec)
              .map((manifest) => (
                <option key={manifestKey(manifest)} value={manifestKey(manifest)}>
                  {labelOf(manifestKey(manifest))}
                </option>
              ))}
          </select>
        </label>
        <span class="spacer" />
        <button type="button" onClick={() => edge("from")}>
          Span begins here
        </button>
        <button type="button" onClick={() => edge("to")}>
          Span ends here
        </button>
        <button type="button" onClick={() => setExporting(true)}>
          <Icon name="download" /> Export {span ? duration(span.to - span.from, true) : "all"}…
        </button>
      </div>
      <SessionFiles session={session} />
      {exporting && <ExportSheet session={session} span={span ?? { from: 0, to: length }} now={now} onClose={() => setExporting(false)} />}
    </div>
  );
}
