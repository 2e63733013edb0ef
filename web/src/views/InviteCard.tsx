// Lets somebody else in: a link that signs one browser in, once.
import { useState } from "preact/hooks";
import { offers } from "../api/capabilities";
import { makeLink } from "../api/rig";
import type { Role } from "../api/types";
import { Segmented } from "../components/Select";
import { clockTime } from "../format";
import { may } from "../state/me";
import { attempt } from "../state/toasts";

const roles: readonly (readonly [Role, string])[] = [
  ["viewer", "Watch"],
  ["operator", "Record"],
  ["admin", "Everything"],
];

export function InviteCard() {
  const [role, setRole] = useState<Role>("viewer");
  const [made, setMade] = useState<{ link: string; expires: string } | null>(null);
  if (!may("admin") || !offers("post", "/api/v1/links")) return null;
  const make = async (): Promise<void> => setMade((await attempt(() => makeLink(role))) ?? null);
  const pass = async (link: string): Promise<void> => {
    if (navigator.share) await navigator.share({ url: link }).catch(() => undefined);
    else await attempt(() => navigator.clipboard.writeText(link), "The link is copied.");
  };
  return (
    <section class="card form">
      <h2>Let somebody in</h2>
      <fieldset>
        <legend>Who opens the link may</legend>
        <Segmented label="Who opens the link may" value={role} options={roles} onChange={setRole} />
      </fieldset>
      {made && (
        <label class="field">
          <span>Good for one browser until {clockTime(made.expires)}</span>
          <input readOnly value={made.link} onFocus={(event) => event.currentTarget.select()} />
        </label>
      )}
      <div class="actions">
        <button type="button" onClick={() => void make()}>
          {made ? "Another link" : "Make a link"}
        </button>
        {made && (
          <button type="button" class="primary" onClick={() => void pass(made.link)}>
            Pass it on
          </button>
        )}
      </div>
    </section>
  );
}
