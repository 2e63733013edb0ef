// Who looks at the page, and what that person may do.
import { computed, signal } from "@preact/signals";
import { statusOf } from "../api/client";
import { getMe } from "../api/rig";
import type { Me, Role } from "../api/types";

const ranks: Record<Role, number> = { viewer: 1, operator: 2, admin: 3 };

export const me = signal<Me | null>(null);

export const role = computed<Role | null>(() => me.value?.role ?? null);
export const may = (needed: Role): boolean => role.value !== null && ranks[role.value] >= ranks[needed];

/** A node without rights (`GET /api/v1/me` is not there) lets everybody do everything. */
export async function readMe(): Promise<void> {
  try {
    me.value = await getMe();
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    me.value = { node: "", authenticated: true, open: true, role: "admin", kind: "open" };
  }
}

/** To the node's own page for signing in, and back to where we are. */
export function signIn(): void {
  location.assign("/login?next=/");
}
