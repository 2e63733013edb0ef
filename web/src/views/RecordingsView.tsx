// Every session of the rig, newest first, with what became of its files.
import { Chip, Empty, Loading, Notice } from "../components/parts";
import { bytes, clockTime, day, duration, plural } from "../format";
import { gapsOf, lengthOf, marksOf, offloaded } from "../playback/sessions";
import type { RigSession } from "../playback/sessions";
import { useSessions } from "../playback/useSessions";
import { nodeNow } from "../state/clock";
import { session as running } from "../state/rig";
import { linkTo } from "../state/route";

function Row({ session, now }: { session: RigSession; now: number }) {
  const copied = offloaded(session);
  const gaps = gapsOf(session).length;
  const marks = marksOf(session).length;
  const open = running.value?.sessionId === session.id;
  return (
    <li>
      <a class="card session-row" href={linkTo.session(session.id)}>
        <span class="session-name">
          <b>{session.id}</b>
          <small>
            {clockTime(session.start)} · {plural(session.manifests.length, "camera")}
            {marks > 0 && ` · ${plural(marks, "mark")}`}
          </small>
        </span>
        <span class="session-size">
          <b>{duration(lengthOf(session, now))}</b>
          <small>{bytes(session.bytes)}</small>
        </span>
        <span class="session-chips">
          {open && <Chip tone="rec">recording</Chip>}
          {gaps > 0 && <Chip tone="warn">{plural(gaps, "gap")}</Chip>}
          {!open && !session.complete && <Chip tone="warn">not complete</Chip>}
          {copied.of > 0 && !open && (copied.done === copied.of ? <Chip tone="good">copied off</Chip> : <Chip>{copied.done} of {copied.of} files copied off</Chip>)}
        </span>
      </a>
    </li>
  );
}

export function RecordingsView() {
  const { sessions, broken, missing } = useSessions();
  const now = nodeNow();
  const days = new Map<string, RigSession[]>();
  for (const session of sessions ?? []) {
    const name = day(session.start, now);
    days.set(name, [...(days.get(name) ?? []), session]);
  }
  return (
    <>
      <header class="page-head">
        <h1>Recordings</h1>
      </header>
      {missing.map(({ node, text }) => (
        <Notice key={node} tone="warn" title={`Recordings of ${node} are not listed: ${text}`}>
          They are safe on its disk; the list is asked for again by itself.
        </Notice>
      ))}
      {broken.map(({ node, path, problem }) => (
        <Notice key={`${node} ${path}`} tone="warn" title={`${node}: ${path} cannot be used: ${problem}`} />
      ))}
      {sessions === null ? (
        <Loading what="the recordings" />
      ) : sessions.length === 0 ? (
        <Empty title="Nothing recorded yet">
          Press Record on the <a href={linkTo.live}>live page</a>; what is recorded appears here at once.
        </Empty>
      ) : (
        [...days].map(([name, list]) => (
          <section key={name} class="day">
            <h2>{name}</h2>
            <ul>
              {list.map((session) => (
                <Row key={session.id} session={session} now={now} />
              ))}
            </ul>
          </section>
        ))
      )}
    </>
  );
}
