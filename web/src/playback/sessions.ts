// Sessions of the whole rig, put together from what each node keeps of them. Pure.
import type { Gap, Manifest, Mark, RecordedSession, Segment } from "../api/types";

export interface RigSession {
  id: string;
  start: string;
  end: string | null;
  bytes: number;
  /** By node, then camera. */
  manifests: Manifest[];
  complete: boolean;
}

export const manifestKey = ({ node, camera }: Manifest): string => `${node}/${camera}`;

/** One list of many, newest first; a session that several nodes took part in is one. */
export function mergeSessions(pages: readonly (readonly RecordedSession[])[]): RigSession[] {
  const merged = new Map<string, RigSession>();
  for (const session of pages.flat()) {
    const known = merged.get(session.sessionId);
    const manifests = [...(known?.manifests ?? []), ...session.cameras].sort((a, b) => manifestKey(a).localeCompare(manifestKey(b)));
    merged.set(session.sessionId, {
      id: session.sessionId,
      start: known && known.start < session.start ? known.start : session.start,
      end: known ? later(known.end, session.end ?? null) : (session.end ?? null),
      bytes: (known?.bytes ?? 0) + session.bytes,
      manifests,
      complete: manifests.every(({ complete }) => complete),
    });
  }
  return [...merged.values()].sort((a, b) => b.start.localeCompare(a.start));
}

/** The later end; open while one of them is. */
const later = (a: string | null, b: string | null): string | null => (a === null || b === null ? null : a > b ? a : b);

export interface Offloaded {
  done: number;
  of: number;
}

/** Files whose copies were confirmed. */
export function offloaded(session: RigSession): Offloaded {
  const files = session.manifests.flatMap(({ segments }) => segments);
  return { done: files.filter((file) => file.offloaded).length, of: files.length };
}

/** The session's marks, each once: every camera's manifest has them. */
export function marksOf(session: RigSession): Mark[] {
  const all = session.manifests.flatMap(({ marks }) => marks);
  return [...new Map(all.map((mark) => [`${mark.at} ${mark.name}`, mark])).values()].sort((a, b) => a.at.localeCompare(b.at));
}

export const gapsOf = (session: RigSession): Gap[] => session.manifests.flatMap(({ gaps }) => gaps);

/** A stretch of one camera that has pictures; seconds from the session's start. */
export interface Stretch {
  from: number;
  to: number;
  segment: Segment;
}

const one = (fps: number | undefined): number => 1 / (fps && fps > 0 ? fps : 30);

/** What of a camera can be played. A file that grows ends now. */
export function stretches(manifest: Manifest, sessionStart: number, now: number): Stretch[] {
  return manifest.segments.flatMap((segment) => {
    if (!segment.first || segment.deleted || segment.damage) return [];
    const from = (Date.parse(segment.first) - sessionStart) / 1000;
    const end = segment.last ? Date.parse(segment.last) + one(manifest.fps) * 1000 : now;
    return [{ from, to: Math.max(from, (end - sessionStart) / 1000), segment }];
  });
}

/** Seconds from the session's start to the end of its last picture. */
export function lengthOf(session: RigSession, now: number): number {
  const start = Date.parse(session.start);
  const ends = session.manifests.flatMap((manifest) => stretches(manifest, start, now).map(({ to }) => to));
  const said = session.end ? (Date.parse(session.end) - start) / 1000 : 0;
  return Math.max(0.1, said, ...ends);
}
