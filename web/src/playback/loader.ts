// Pieces of recordings over HTTP, a few at a time: a browser opens six connections to a node, and the page needs some for itself.

const atOnce = 3;

export interface Piece {
  data: ArrayBuffer;
  /** Milliseconds since 1970 at which its media time nought was captured: at or before the instant that was asked for. */
  start: number;
}

interface Job {
  url: string;
  stop: AbortController;
  done: (piece: Piece) => void;
  failed: (error: unknown) => void;
}

const waiting: Job[] = [];
let running = 0;

async function run(job: Job): Promise<void> {
  running++;
  try {
    const answer = await fetch(job.url, { credentials: "same-origin", signal: job.stop.signal });
    if (!answer.ok) throw new Error(`The node answered with ${answer.status}`);
    const start = Date.parse(answer.headers.get("X-Recording-Start") ?? "");
    if (Number.isNaN(start)) throw new Error("The node did not say when the pictures begin");
    job.done({ data: await answer.arrayBuffer(), start });
  } catch (error) {
    if (!job.stop.signal.aborted) job.failed(error);
  } finally {
    running--;
    pump();
  }
}

function pump(): void {
  while (running < atOnce) {
    const job = waiting.shift();
    if (!job) return;
    if (!job.stop.signal.aborted) void run(job);
  }
}

/** @returns Gives the request up. */
export function load(url: string, done: (piece: Piece) => void, failed: (error: unknown) => void): () => void {
  const stop = new AbortController();
  waiting.push({ url, stop, done, failed });
  pump();
  return () => stop.abort();
}
