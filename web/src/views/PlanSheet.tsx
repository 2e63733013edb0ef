// How the next session begins: its name, what is noted with it, from when, for how long, which cameras.
import { useState } from "preact/hooks";
import { Dialog } from "../components/Dialog";
import { Icon } from "../components/Icon";
import { Segmented } from "../components/Select";
import { cameras } from "../state/rig";
import { plan } from "../state/session";
import type { Plan } from "../state/session";

const namePattern = "[A-Za-z0-9_-]{0,64}";
const preRolls = [
  ["0", "Now"],
  ["5", "5 s ago"],
  ["10", "10 s ago"],
] as const;
type PreRoll = (typeof preRolls)[number][0];
const preRollOf = (seconds: number): PreRoll => preRolls.map(([value]) => value).find((value) => Number(value) === seconds) ?? "0";

export function PlanSheet({ onClose }: { onClose: () => void }) {
  const [draft, setDraft] = useState<Plan>(plan.value);
  const set = (change: Partial<Plan>): void => setDraft({ ...draft, ...change });
  const keys = cameras.value.map(({ key }) => key);
  const chosen = draft.cameras ?? keys;
  const choose = (key: string, on: boolean): void => {
    const next = keys.filter((one) => (one === key ? on : chosen.includes(one)));
    set({ cameras: next.length === keys.length ? null : next });
  };
  const note = (index: number, entry: [string, string]): void => set({ metadata: draft.metadata.map((old, i) => (i === index ? entry : old)) });
  return (
    <Dialog title="Next session" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          plan.value = { ...draft, metadata: draft.metadata.filter(([key]) => key.trim() !== "") };
          onClose();
        }}
      >
        <label class="field">
          <span>Name</span>
          <input value={draft.name} pattern={namePattern} placeholder="made from the time" title="Letters, digits, - and _" onInput={(event) => set({ name: event.currentTarget.value })} />
          <small>Letters, digits, - and _. Folders and files are called by it.</small>
        </label>
        <fieldset>
          <legend>Begins</legend>
          <Segmented label="Begins" value={preRollOf(draft.preRollSeconds)} options={preRolls} onChange={(value) => set({ preRollSeconds: Number(value) })} />
        </fieldset>
        <label class="field">
          <span>Ends by itself after minutes</span>
          <input
            type="number"
            min="1"
            max="1440"
            value={draft.minutes ?? ""}
            placeholder="not by itself"
            onInput={(event) => set({ minutes: event.currentTarget.valueAsNumber || null })}
          />
        </label>
        <fieldset>
          <legend>Cameras</legend>
          {cameras.value.map(({ key, label, status }) => (
            <label class="check" key={key}>
              <input type="checkbox" checked={chosen.includes(key)} onChange={(event) => choose(key, event.currentTarget.checked)} />
              <span>
                {label} <small>{key}</small>
                {!status && <small> – its node does not answer</small>}
              </span>
            </label>
          ))}
          <label class="check">
            <input type="checkbox" checked={draft.requireAll} onChange={(event) => set({ requireAll: event.currentTarget.checked })} />
            <span>Start only when every one of them can record</span>
          </label>
        </fieldset>
        <fieldset>
          <legend>Notes kept with the recording</legend>
          {draft.metadata.map(([key, value], index) => (
            <div class="row" key={index}>
              <input aria-label="What" placeholder="match" value={key} onInput={(event) => note(index, [event.currentTarget.value, value])} />
              <input class="grow" aria-label="Text" placeholder="U15 semi-final" value={value} onInput={(event) => note(index, [key, event.currentTarget.value])} />
              <button type="button" class="plain square" aria-label="Remove this note" onClick={() => set({ metadata: draft.metadata.filter((_, i) => i !== index) })}>
                <Icon name="close" size={16} />
              </button>
            </div>
          ))}
          <button type="button" onClick={() => set({ metadata: [...draft.metadata, ["", ""]] })}>
            Add a note
          </button>
        </fieldset>
        <footer>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={chosen.length === 0}>
            Keep for the next recording
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
