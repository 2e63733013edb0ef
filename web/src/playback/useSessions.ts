// The rig's sessions, read from every node that answers.
import { useEffect, useState } from "preact/hooks";
import { wordsOf } from "../api/client";
import { getRecordings } from "../api/rig";
import type { RecordingsPage } from "../api/types";
import { nodes } from "../state/rig";
import { mergeSessions } from "./sessions";
import type { RigSession } from "./sessions";

const againMs = 5_000;
const most = 200;

export interface Sessions {
  sessions: RigSession[] | null;
  /** Files that cannot be used, by node. */
  broken: { node: string; path: string; problem: string }[];
  /** Nodes whose recordings are not in the list. */
  missing: { node: string; text: string }[];
}

const empty: Sessions = { sessions: null, broken: [], missing: [] };

async function read(all: readonly string[]): Promise<Sessions> {
  const answers = await Promise.all(
    all.map(async (node): Promise<{ node: string; page: RecordingsPage } | { node: string; text: string }> => {
      try {
        return { node, page: await getRecordings(node, 0, most) };
      } catch (error) {
        return { node, text: wordsOf(error).text };
      }
    }),
  );
  const pages = answers.flatMap((answer) => ("page" in answer ? [answer] : []));
  return {
    sessions: mergeSessions(pages.map(({ page }) => page.sessions)),
    broken: pages.flatMap(({ node, page }) => page.broken.map((one) => ({ node, ...one }))),
    missing: answers.flatMap((answer) => ("text" in answer ? [answer] : [])),
  };
}

export function useSessions(): Sessions {
  const [found, set] = useState<Sessions>(empty);
  const all = nodes.value.map(({ nodeId }) => nodeId).join("\n");
  useEffect(() => {
    if (all === "") return undefined;
    let over = false;
    let timer = 0;
    const next = async (): Promise<void> => {
      const answer = await read(all.split("\n"));
      if (over) return;
      set(answer);
      timer = window.setTimeout(() => void next(), againMs);
    };
    void next();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [all]);
  return found;
}
