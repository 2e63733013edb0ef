// What this device remembers about its user: nothing of the rig. Private windows may refuse to keep anything; then it lasts as long as the page.
import { effect, signal } from "@preact/signals";
import type { Signal } from "@preact/signals";

function kept<T>(key: string, start: T): Signal<T> {
  let value = start;
  try {
    value = { start, ...(JSON.parse(localStorage.getItem(key) ?? "{}") as { start?: T }) }.start;
  } catch {
    value = start;
  }
  const remembered = signal(value);
  effect(() => {
    const next = JSON.stringify({ start: remembered.value });
    try {
      localStorage.setItem(key, next);
    } catch {
      return;
    }
  });
  return remembered;
}

export type Theme = "auto" | "dark" | "light";
export type Quality = "auto" | "full" | "low";

export const theme = kept<Theme>("theme", "auto");
export const quality = kept<Quality>("quality", "auto");
export const markNames = kept<string[]>("marks", ["Kick-off", "Goal", "Corner", "Foul", "Half-time", "Look again"]);

effect(() => {
  document.documentElement.dataset["theme"] = theme.value;
});
