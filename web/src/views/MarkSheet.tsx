// Names the moment at which Mark was pressed. A name of the list saves at once; the names that were used last come first.
import { useState } from "preact/hooks";
import { Dialog } from "../components/Dialog";
import { duration } from "../format";
import { markNames } from "../state/preferences";
import { session } from "../state/rig";
import { addMark } from "../state/session";

/** The node's limit. */
const longest = 200;
const shown = 8;

export function MarkSheet({ at, onClose }: { at: string; onClose: () => void }) {
  const [name, setName] = useState("");
  const save = (chosen: string): void => {
    const clean = chosen.trim() || "Mark";
    markNames.value = [clean, ...markNames.value.filter((one) => one !== clean)].slice(0, shown);
    void addMark(clean, at);
    onClose();
  };
  const seconds = session.value ? (Date.parse(at) - Date.parse(session.value.start)) / 1000 : 0;
  return (
    <Dialog title={`Mark at ${duration(seconds)}`} onClose={onClose}>
      <div class="mark-names">
        {markNames.value.map((one) => (
          <button type="button" key={one} onClick={() => save(one)}>
            {one}
          </button>
        ))}
      </div>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          save(name);
        }}
      >
        <label class="field grow">
          <span>Another name</span>
          <input value={name} maxLength={longest} autocomplete="off" onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <button type="submit" class="primary">
          Save mark
        </button>
      </form>
    </Dialog>
  );
}
