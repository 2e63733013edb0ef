// One row a camera: where it has pictures, where it has a gap; marks over all of them; a playhead to drag; and the span that is to be exported.
import { useRef } from "preact/hooks";
import type { Mark } from "../api/types";
import { duration, spokenDuration } from "../format";
import type { Conductor } from "./conductor";

export interface Row {
  key: string;
  label: string;
  stretches: readonly { from: number; to: number }[];
  gaps: readonly { from: number; to: number; text: string }[];
}

export interface Span {
  from: number;
  to: number;
}

interface Props {
  length: number;
  rows: readonly Row[];
  marks: readonly (Mark & { position: number })[];
  conductor: Conductor;
  span: Span | null;
}

const stepSeconds = 5;
const pageSeconds = 60;

export function Timeline({ length, rows, marks, conductor, span }: Props) {
  const bar = useRef<HTMLDivElement>(null);
  const percent = (seconds: number): string => `${Math.min(100, Math.max(0, (seconds / length) * 100)).toFixed(3)}%`;
  const box = (from: number, to: number): { left: string; width: string } => ({ left: percent(from), width: percent(to - from) });
  const seek = (event: PointerEvent): void => {
    const area = bar.current?.getBoundingClientRect();
    if (area) conductor.seek(((event.clientX - area.left) / area.width) * length);
  };
  const keys: Record<string, () => number> = {
    ArrowLeft: () => conductor.position.value - stepSeconds,
    ArrowRight: () => conductor.position.value + stepSeconds,
    PageUp: () => conductor.position.value - pageSeconds,
    PageDown: () => conductor.position.value + pageSeconds,
    Home: () => 0,
    End: () => length,
  };
  const at = conductor.position.value;
  return (
    <div class="timeline">
      <div class="timeline-marks">
        {marks.map((mark) => (
          <button
            type="button"
            key={`${mark.at} ${mark.name}`}
            class="timeline-mark"
            style={{ left: percent(mark.position) }}
            title={`${mark.name}, ${duration(mark.position)}`}
            aria-label={`Go to ${mark.name} at ${spokenDuration(mark.position)}`}
            onClick={() => conductor.seek(mark.position)}
          >
            {mark.name}
          </button>
        ))}
      </div>
      <div
        class="timeline-rows"
        ref={bar}
        role="slider"
        tabIndex={0}
        aria-label="Position in the session"
        aria-valuemin={0}
        aria-valuemax={Math.round(length)}
        aria-valuenow={Math.round(at)}
        aria-valuetext={spokenDuration(at)}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          seek(event);
        }}
        onPointerMove={(event) => {
          if (event.buttons & 1) seek(event);
        }}
        onKeyDown={(event) => {
          const to = keys[event.key];
          if (!to) return;
          event.preventDefault();
          conductor.seek(to());
        }}
      >
        {rows.map((row) => (
          <div class="timeline-row" key={row.key} title={row.label}>
            {row.stretches.map(({ from, to }) => (
              <span key={from} class="stretch" style={box(from, to)} />
            ))}
            {row.gaps.map(({ from, to, text }) => (
              <span key={from} class="gap" style={box(from, Math.max(to, from + length / 400))} title={text} />
            ))}
          </div>
        ))}
        {marks.map((mark) => (
          <span key={`${mark.at} ${mark.name}`} class="mark-line" style={{ left: percent(mark.position) }} />
        ))}
        {span && <span class="span" style={box(span.from, span.to)} />}
        <span class="playhead" style={{ left: percent(at) }} />
      </div>
    </div>
  );
}
