// What is wrong, in words that name the remedy. Nothing wrong is one quiet line.
import { computed, effect } from "@preact/signals";
import { Notice } from "../components/parts";
import { cameras, nodes, rig } from "../state/rig";
import { refusedBy, troublesOf } from "../state/troubles";
import type { Trouble } from "../state/troubles";
import { plural, span } from "../format";
import { announce } from "../state/toasts";

const troubles = computed<Trouble[]>(() => (rig.value ? troublesOf(rig.value) : []));

/** The disk that is full first decides. */
const minutesLeft = computed<number | null>(() => {
  const known = nodes.value.flatMap(({ disk }) => (disk.estimatedMinutes === undefined ? [] : [disk.estimatedMinutes]));
  return known.length > 0 ? Math.min(...known) : null;
});

export const troubleCount = computed(() => troubles.value.length);

/** Values change by the second; read out is only what is new. */
const known = new Set<string>();
effect(() => {
  const grave = troubles.value.filter(({ level }) => level === "block");
  const fresh = grave.filter(({ id }) => !known.has(id));
  known.clear();
  for (const { id } of grave) known.add(id);
  if (fresh.length > 0) announce(fresh.map(({ where, text }) => `${where}: ${text}`).join(" "));
});

const nameOf = (where: string): string => cameras.value.find(({ key }) => key === where)?.label ?? where;

export function TroubleList() {
  if (!rig.value) return null;
  const refused = refusedBy(rig.value).size;
  const all = cameras.value.length;
  const room = minutesLeft.value === null ? "" : ` · room for ${span(minutesLeft.value * 60)}`;
  return (
    <section class="troubles" aria-label="State of the rig">
      <p class="readiness">
        {refused === 0 ? `${plural(all, "camera")} ready` : `${all - refused} of ${plural(all, "camera")} ready`} · {plural(nodes.value.length, "node")}
        {room}
      </p>
      {troubles.value.map(({ id, level, where, text, remedy }) => (
        <Notice
          key={id}
          tone={level}
          title={
            <>
              {where !== "rig" && <b>{nameOf(where)} </b>}
              {text}
            </>
          }
        >
          {remedy}
        </Notice>
      ))}
    </section>
  );
}
