// Settings of this device, and of each node.
import { useState } from "preact/hooks";
import { Segmented, Select } from "../components/Select";
import { Empty, Loading, Notice } from "../components/parts";
import { may } from "../state/me";
import { quality, theme } from "../state/preferences";
import type { Quality, Theme } from "../state/preferences";
import { members, rig } from "../state/rig";
import { InviteCard } from "./InviteCard";
import { NodeSettings } from "./NodeSettings";
import { UpdateCard } from "./UpdateCard";

const themes: readonly (readonly [Theme, string])[] = [
  ["auto", "As the device"],
  ["light", "Light"],
  ["dark", "Dark"],
];
const qualities: readonly (readonly [Quality, string])[] = [
  ["auto", "By screen size"],
  ["full", "Full"],
  ["low", "Low"],
];

const ThisDevice = () => (
  <section class="card form">
    <h2>This device</h2>
    <fieldset>
      <legend>Colours</legend>
      <Segmented label="Colours" value={theme.value} options={themes} onChange={(value) => (theme.value = value)} />
    </fieldset>
    <fieldset>
      <legend>Pictures on the wall</legend>
      <Segmented label="Pictures on the wall" value={quality.value} options={qualities} onChange={(value) => (quality.value = value)} />
      <small>Low takes the 720p stream where the camera's node makes one.</small>
    </fieldset>
  </section>
);

export function SettingsView({ node: wanted }: { node: string | null }) {
  const [chosen, choose] = useState<string | null>(wanted);
  const seen = rig.value;
  const all = members.value.map(({ view }) => view.member.nodeId);
  const node = chosen ?? seen?.answeredBy ?? null;
  const answers = members.value.some(({ view, status }) => view.member.nodeId === node && status !== undefined);
  return (
    <>
      <header class="page-head">
        <h1>Settings</h1>
        <span class="spacer" />
        {node && all.length > 1 && <Select label="Node" value={node} options={all.map((one) => [one, one] as const)} onChange={choose} />}
      </header>
      <div class="settings">
        <ThisDevice />
        <InviteCard />
        {!seen || !node ? (
          <Loading what="the rig" />
        ) : !may("admin") ? (
          <Notice tone="quiet" title="Settings of the nodes are shown to admins.">
            Sign in as an admin to change bitrates, cameras, gates and the rest.
          </Notice>
        ) : !answers ? (
          <Empty title={`${node} does not answer`}>Its settings can be read when it is back.</Empty>
        ) : (
          <>
            <UpdateCard node={node} />
            <NodeSettings key={node} node={node} />
          </>
        )}
      </div>
    </>
  );
}
