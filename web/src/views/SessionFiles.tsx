// The files of a session, camera by camera, with the proof that copies exist, and what an editor should know.
import { recordingPath } from "../api/paths";
import type { Manifest, Segment } from "../api/types";
import { Icon } from "../components/Icon";
import { Chip, Facts } from "../components/parts";
import { bitrate, bytes, clockTime, codec, count, duration, milliseconds } from "../format";
import { gapsOf, manifestKey } from "../playback/sessions";
import type { RigSession } from "../playback/sessions";
import { nodeNow } from "../state/clock";

function state(segment: Segment): [string, "good" | "warn" | "quiet"] {
  if (segment.damage) return [segment.damage, "warn"];
  if (segment.deleted) return ["deleted after its copy was confirmed", "quiet"];
  if (segment.offloaded) return [`copied off by ${segment.offloaded.by}`, "good"];
  if (!segment.closed) return ["grows", "quiet"];
  return segment.sha256 ? ["only here", "quiet"] : ["being hashed", "quiet"];
}

function File({ manifest, segment }: { manifest: Manifest; segment: Segment }) {
  const [text, tone] = state(segment);
  return (
    <li class="file-row">
      <span class="file-name">
        <b>{segment.file}</b>
        <small title={segment.sha256}>
          {bytes(segment.bytes)} · {count(segment.frames)} pictures{segment.sha256 && ` · SHA-256 ${segment.sha256.slice(0, 12)}…`}
        </small>
      </span>
      <Chip tone={tone}>{text}</Chip>
      {!segment.deleted && (
        <a class="button plain square" href={recordingPath(manifest.node, manifest.sessionId, segment.file)} download={segment.file} aria-label={`Download ${segment.file}`}>
          <Icon name="download" />
        </a>
      )}
    </li>
  );
}

const Camera = ({ manifest }: { manifest: Manifest }) => (
  <section class="card">
    <h2>{manifestKey(manifest)}</h2>
    <Facts
      rows={[
        ["Format", `${manifest.resolution ? `${manifest.resolution.width} × ${manifest.resolution.height}, ` : ""}${codec(manifest.videoCodec)}${manifest.audioCodec ? ` + ${codec(manifest.audioCodec)}` : ""}`],
        ["Rate", manifest.bitrate === undefined ? null : bitrate(manifest.bitrate)],
        ["Length", duration(manifest.durationSeconds, true)],
        ["First picture after the start", manifest.startOffsetMs === undefined ? null : milliseconds(manifest.startOffsetMs)],
        ["Late by", manifest.lateMs ? milliseconds(manifest.lateMs) : null],
        ["Pictures lost", manifest.droppedUnits || null],
        ...manifest.gaps.map(
          (gap) =>
            [
              `Gap at ${clockTime(gap.from)}`,
              `${gap.cause.replaceAll("_", " ")}, ${duration(((gap.to ? Date.parse(gap.to) : nodeNow()) - Date.parse(gap.from)) / 1000, true)}${gap.units ? `, ${gap.units} units` : ""}`,
            ] as const,
        ),
        ...manifest.notes.map(({ at, text }) => [clockTime(at), text] as const),
      ]}
    />
    <ul>
      {manifest.segments.map((segment) => (
        <File key={segment.file} manifest={manifest} segment={segment} />
      ))}
    </ul>
  </section>
);

export function SessionFiles({ session }: { session: RigSession }) {
  const metadata = Object.entries(session.manifests[0]?.metadata ?? {});
  return (
    <>
      <section class="card">
        <h2>Session</h2>
        <Facts
          rows={[
            ["Began", clockTime(session.start)],
            ["Ended", session.end ? clockTime(session.end) : "not yet"],
            ["Size", bytes(session.bytes)],
            ["Gaps", gapsOf(session).length || "none"],
            ...metadata.map(([key, value]) => [key, value] as const),
          ]}
        />
      </section>
      <div class="cards">
        {session.manifests.map((manifest) => (
          <Camera key={manifestKey(manifest)} manifest={manifest} />
        ))}
      </div>
    </>
  );
}
