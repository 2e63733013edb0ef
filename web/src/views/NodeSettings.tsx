// All settings of a node. What is typed is checked by the node before it is applied; nothing is changed until then.
import { useCallback, useEffect, useState } from "preact/hooks";
import { wordsOf } from "../api/client";
import { changeConfiguration, getConfiguration } from "../api/rig";
import type { ConfigurationChanged, ConfigurationView, Setting } from "../api/types";
import { Loading, Notice } from "../components/parts";
import { plural } from "../format";
import { attempt } from "../state/toasts";
import { SettingField } from "./SettingField";

const checkAfterMs = 400;

type Draft = Readonly<Record<string, string | null>>;
type Check = { accepted: ConfigurationChanged } | { refused: string; remedy?: string } | null;

/** In the order of the configuration file, by first word. */
function groups(settings: readonly Setting[], search: string): [string, Setting[]][] {
  const wanted = search.trim().toLowerCase();
  const found = new Map<string, Setting[]>();
  for (const setting of settings) {
    if (wanted && !`${setting.key} ${setting.description ?? ""}`.toLowerCase().includes(wanted)) continue;
    const [first = "", second] = setting.key.split(".");
    const group = first === "cameras" && second ? `cameras.${second}` : first;
    found.set(group, [...(found.get(group) ?? []), setting]);
  }
  return [...found];
}

export function NodeSettings({ node }: { node: string }) {
  const [view, setView] = useState<ConfigurationView | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [draft, setDraft] = useState<Draft>({});
  const [check, setCheck] = useState<Check>(null);
  const [search, setSearch] = useState("");
  const changes = Object.keys(draft).length;

  const load = useCallback(
    () =>
      getConfiguration(node)
        .then(setView)
        .catch((error: unknown) => setFailure(wordsOf(error).text)),
    [node],
  );
  useEffect(() => void load(), [load]);

  useEffect(() => {
    setCheck(null);
    if (changes === 0) return undefined;
    const timer = setTimeout(() => {
      changeConfiguration(node, draft, undefined, true)
        .then((accepted) => setCheck({ accepted }))
        .catch((error: unknown) => {
          const { text, remedy } = wordsOf(error);
          setCheck({ refused: text, ...(remedy ? { remedy } : {}) });
        });
    }, checkAfterMs);
    return () => clearTimeout(timer);
  }, [draft]);

  if (failure) return <Notice tone="block" title={failure} />;
  if (!view) return <Loading what="the settings" />;

  const edit = (setting: Setting, value: string | null): void => {
    const { [setting.key]: _, ...rest } = draft;
    setDraft(value === setting.value ? rest : { ...rest, [setting.key]: value });
  };
  const apply = async (): Promise<void> => {
    const changed = await attempt(() => changeConfiguration(node, draft, view.version), words);
    if (!changed) return;
    setDraft({});
    await load();
  };

  return (
    <>
      <label class="field">
        <span>Find a setting of {node}</span>
        <input type="search" value={search} placeholder="rotation, audio, disk …" onInput={(event) => setSearch(event.currentTarget.value)} />
      </label>
      {groups(view.settings, search).map(([group, settings]) => (
        <details class="card group" key={group} open={search !== "" || undefined}>
          <summary>
            <h2>{group}</h2>
            <small>{plural(settings.length, "setting")}</small>
          </summary>
          {settings.map((setting) => (
            <SettingField key={setting.key} setting={setting} draft={draft[setting.key]} group={group} onEdit={(value) => edit(setting, value)} />
          ))}
        </details>
      ))}
      {changes > 0 && (
        <div class="save" role="region" aria-label="Changes" aria-live="polite">
          <div class="save-words">
            <b>{plural(changes, "change")}</b>
            {check && "accepted" in check && <small>{words(check.accepted)}</small>}
            {check && "refused" in check && (
              <Notice tone="block" title={<span class="lines">{check.refused}</span>}>
                {check.remedy}
              </Notice>
            )}
          </div>
          <div class="actions">
            <button type="button" onClick={() => setDraft({})}>
              Discard
            </button>
            <button type="button" class="primary" disabled={check === null || "refused" in check} onClick={() => void apply()}>
              Apply
            </button>
          </div>
        </div>
      )}
    </>
  );
}

/** What a change does or did, and what waits for what. */
function words({ applied, restarted, pending }: ConfigurationChanged): string {
  const waits = Object.entries(pending).map(([key, reason]) => `${key}: ${reason}`);
  return [
    applied.length > 0 ? `In force at once: ${applied.join(", ")}.` : "",
    restarted.length > 0 ? `Starts again for it: ${restarted.join(", ")}.` : "",
    waits.length > 0 ? `Waits: ${waits.join("; ")}` : "",
  ]
    .filter(Boolean)
    .join(" ");
}
