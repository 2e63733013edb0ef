// Short messages: what the page did, what the node refused and why. They go by themselves.
import { signal } from "@preact/signals";
import { wordsOf } from "../api/client";

export interface Toast {
  id: number;
  kind: "done" | "trouble";
  text: string;
  remedy?: string;
}

const shownMs = 5_000;
/** Long enough to read a remedy; what lasts stands in the list of troubles. */
const troubleMs = 20_000;
const most = 3;
let next = 0;

export const toasts = signal<readonly Toast[]>([]);

/** Read out by screen readers, shown nowhere. */
export const spoken = signal("");

/** The same words again are another text to a screen reader only when something about them differs. */
export const announce = (text: string): void => {
  spoken.value = spoken.peek() === text ? `${text}\u00a0` : text;
};

export const dismiss = (id: number): void => {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
};

function show(toast: Omit<Toast, "id">): number {
  const id = ++next;
  toasts.value = [...toasts.value.slice(1 - most), { ...toast, id }];
  return id;
}

export function done(text: string): void {
  const id = show({ kind: "done", text });
  setTimeout(() => dismiss(id), shownMs);
}

export function trouble(text: string, remedy?: string): void {
  const id = show({ kind: "trouble", text, ...(remedy ? { remedy } : {}) });
  setTimeout(() => dismiss(id), troubleMs);
}

/** Runs what a person asked for and says what became of it. */
export async function attempt<T>(work: () => Promise<T>, success?: string | ((result: T) => string)): Promise<T | undefined> {
  try {
    const result = await work();
    if (success !== undefined) done(typeof success === "string" ? success : success(result));
    return result;
  } catch (error) {
    const { text, remedy } = wordsOf(error);
    trouble(text, remedy);
    return undefined;
  }
}
