// What happened, newest first.
import { useState } from "preact/hooks";
import { Icon } from "../components/Icon";
import { Empty } from "../components/parts";
import { Segmented } from "../components/Select";
import { clockTime, day } from "../format";
import { nodeNow } from "../state/clock";
import { events } from "../state/events";
import { linkTo } from "../state/route";
import { isTrouble, sentence } from "../state/sentences";

const filters = [
  ["all", "All"],
  ["trouble", "Trouble"],
  ["session", "Sessions"],
] as const;
type Filter = (typeof filters)[number][0];

const sessions = /^(session|mark|recording)\./;

export function EventsView() {
  const [filter, setFilter] = useState<Filter>("all");
  const now = nodeNow();
  const shown = events.value.filter(({ event }) => filter === "all" || (filter === "trouble" ? isTrouble(event) : sessions.test(event.topic)));
  return (
    <>
      <header class="page-head">
        <a class="button plain square" href={linkTo.history} aria-label="History">
          <Icon name="back" />
        </a>
        <h1>Events</h1>
        <span class="spacer" />
        <Segmented label="Show" value={filter} options={filters} onChange={setFilter} />
      </header>
      {shown.length === 0 ? (
        <Empty title={filter === "trouble" ? "No trouble" : "Nothing happened yet"} />
      ) : (
        <ol class="card log">
          {shown.map(({ id, event }) => (
            <li key={`${event.node} ${id}`} class={isTrouble(event) ? "warning" : ""}>
              <time title={day(event.time, now)}>{clockTime(event.time)}</time>
              <div>
                <p>{sentence(event)}</p>
                <small>
                  {event.topic} · {event.node}
                </small>
              </div>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
