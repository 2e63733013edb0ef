// Requests to the node that served the page. A refusal becomes a RequestError that carries the node's own words and remedy.
import type { Problem } from "./types";

export class RequestError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title);
    this.name = "RequestError";
  }
}

/** The longest that the node itself may take: a stop waits until every file is closed. */
const patienceMs = 60_000;

const away: Problem = {
  title: "The node does not answer",
  status: 0,
  code: "node_away",
  remedy: "Check that this device is still in the rig's network and that the node has power. Recordings go on without this page.",
};

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "title" in value && "status" in value;
}

async function problemOf(answer: Response): Promise<Problem> {
  const body: unknown = await answer.json().catch(() => null);
  return isProblem(body) ? body : { title: `The node answered with ${answer.status}`, status: answer.status, code: "unknown" };
}

interface Options {
  method?: "GET" | "POST" | "DELETE";
  body?: unknown;
  patience?: number;
}

/** JSON in which null and absent mean the same: what is null is left out. The caller names the shape, which the API's description fixes. */
export const decode = <T>(text: string): T => JSON.parse(text, (_, value: unknown) => (value === null ? undefined : value)) as T;

/** The answer, decoded; `undefined` for an empty one. */
export async function request<T>(path: string, { method = "GET", body, patience = patienceMs }: Options = {}): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(patience),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    });
  } catch {
    throw new RequestError(away);
  }
  if (!answer.ok) throw new RequestError(await problemOf(answer));
  const text = await answer.text();
  return text === "" ? (undefined as T) : decode<T>(text);
}

/** What went wrong in one sentence, and what to do about it in another. */
export function wordsOf(error: unknown): { text: string; remedy?: string } {
  if (!(error instanceof RequestError)) return { text: error instanceof Error ? error.message : String(error) };
  const { title, detail, remedy } = error.problem;
  return { text: detail ? `${title}: ${detail}` : title, ...(remedy ? { remedy } : {}) };
}

export const codeOf = (error: unknown): string | undefined => (error instanceof RequestError ? error.problem.code : undefined);
export const statusOf = (error: unknown): number | undefined => (error instanceof RequestError ? error.problem.status : undefined);
