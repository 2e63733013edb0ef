// The node's version and, where its program can, newer ones.
import { useState } from "preact/hooks";
import { offers } from "../api/capabilities";
import { applyUpdate, checkUpdate } from "../api/rig";
import { Facts } from "../components/parts";
import { nodes } from "../state/rig";
import { attempt } from "../state/toasts";

export function UpdateCard({ node }: { node: string }) {
  const status = nodes.value.find(({ nodeId }) => nodeId === node);
  const [found, setFound] = useState<Awaited<ReturnType<typeof checkUpdate>> | null>(null);
  const look = async (): Promise<void> => setFound((await attempt(() => checkUpdate(node))) ?? null);
  return (
    <section class="card">
      <h2>{node}</h2>
      <Facts
        rows={[
          ["Version", status?.version],
          ["Mode", status?.mode],
          ["Network", status?.network?.mode.replaceAll("_", " ") ?? null],
          ["Newer version", found ? (found.available ? (found.version ?? "yes") : "none") : null],
        ]}
      />
      {offers("get", "/update/check") && (
        <div class="actions">
          <button type="button" onClick={() => void look()}>
            Look for an update
          </button>
          {found?.available && (
            <button type="button" class="primary" onClick={() => void attempt(() => applyUpdate(node), "The update is applied as soon as nothing records.")}>
              Update when idle
            </button>
          )}
        </div>
      )}
    </section>
  );
}
