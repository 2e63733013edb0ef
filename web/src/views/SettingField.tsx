// One setting: what it is, what it is now, where that comes from, and what a change needs.
import type { Setting } from "../api/types";
import { Chip } from "../components/parts";

const needs: Record<Setting["applies"], string> = { live: "at once", camera: "restarts the camera", node: "when the node restarts" };

interface Props {
  setting: Setting;
  /** What was typed; undefined while untouched, null to take the change back. */
  draft: string | null | undefined;
  group: string;
  onEdit: (value: string | null) => void;
}

export function SettingField({ setting, draft, group, onEdit }: Props) {
  const { key, value, description, applies, origin } = setting;
  const shown = draft === undefined ? value : (draft ?? setting.default);
  const id = `setting-${key}`;
  const isSwitch = value === "true" || value === "false";
  return (
    <div class={`setting ${draft === undefined ? "" : "changed"}`}>
      <label for={id}>
        <b>{key.slice(group.length + 1) || key}</b>
        {description && <small>{description}</small>}
      </label>
      <div class="setting-value">
        {isSwitch ? (
          <input id={id} type="checkbox" role="switch" checked={shown === "true"} onChange={(event) => onEdit(event.currentTarget.checked ? "true" : "false")} />
        ) : (
          <input id={id} value={shown ?? ""} spellcheck={false} autocapitalize="off" onInput={(event) => onEdit(event.currentTarget.value)} />
        )}
        <div class="setting-facts">
          <Chip>{needs[applies]}</Chip>
          {origin === "override" ? (
            <button type="button" class="link" onClick={() => onEdit(null)}>
              take back
            </button>
          ) : (
            <small title="Where the value comes from">{origin ?? "default"}</small>
          )}
        </div>
      </div>
    </div>
  );
}
