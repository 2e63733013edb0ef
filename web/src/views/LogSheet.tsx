// The newest warnings and errors of a node, from its memory.
import { useEffect, useState } from "preact/hooks";
import { wordsOf } from "../api/client";
import { getLogs } from "../api/rig";
import type { LogPage } from "../api/types";
import { Dialog } from "../components/Dialog";
import { Empty, Loading, Notice } from "../components/parts";
import { clockTime } from "../format";

export function LogSheet({ node, onClose }: { node: string; onClose: () => void }) {
  const [page, setPage] = useState<LogPage | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    getLogs(node)
      .then(setPage)
      .catch((refused: unknown) => setError(wordsOf(refused).text));
  }, [node]);
  return (
    <Dialog title={`Log of ${node}`} onClose={onClose} wide>
      {error && <Notice tone="block" title={error} />}
      {!page && !error && <Loading what="the log" />}
      {page?.lines.length === 0 && <Empty title="No warnings and no errors">Nothing went wrong since the node was started.</Empty>}
      <ol class="log">
        {page?.lines.toReversed().map(({ number, time, level, source, text }) => (
          <li key={number} class={level}>
            <time>{clockTime(time)}</time>
            <div>
              <p>{text}</p>
              <small>
                {level} · {source}
              </small>
            </div>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
