// What this node's program offers, read off its own API description: a control whose route is not there is not shown.
import { signal } from "@preact/signals";
import { request } from "./client";

interface Description {
  paths: Record<string, Record<string, unknown>>;
}

const offered = signal<ReadonlySet<string> | null>(null);

const plain = (path: string): string => path.replace(/\{[^}]*\}/g, "*");

export async function readCapabilities(): Promise<void> {
  const { paths } = await request<Description>("/openapi/v1.json");
  offered.value = new Set(Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${plain(path)}`)));
}

/** Whether there is a route: `offers("post", "/api/v1/lockview")`; `*` stands for a parameter. False until the description was read. */
export const offers = (method: string, path: string): boolean => offered.value?.has(`${method} ${path}`) ?? false;
