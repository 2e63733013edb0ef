// A button that acts only when it is held: by finger, mouse, Space or Enter. Programs that press buttons for people (screen readers, switches) cannot hold;
// for them it asks back instead.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { announce } from "../state/toasts";

interface Props {
  class: string;
  /** What holding does, for the label and the hint: `Hold to record`. */
  hint: string;
  holdMs: number;
  disabled?: boolean;
  onHeld: () => void;
  /** A press that cannot be held. */
  onAsk: () => void;
  children: ComponentChildren;
}

export function HoldButton({ class: name, hint, holdMs, disabled = false, onHeld, onAsk, children }: Props) {
  const [held, setHeld] = useState(false);
  const timer = useRef(0);
  const pointer = useRef(false);

  const begin = (): void => {
    if (disabled || timer.current) return;
    setHeld(true);
    timer.current = window.setTimeout(() => {
      timer.current = 0;
      setHeld(false);
      navigator.vibrate?.(60);
      onHeld();
    }, holdMs);
  };

  const cancel = (told: boolean): void => {
    if (!timer.current) return;
    clearTimeout(timer.current);
    timer.current = 0;
    setHeld(false);
    if (told) announce(hint);
  };

  useEffect(() => () => clearTimeout(timer.current), []);

  const isHoldKey = (event: KeyboardEvent): boolean => event.key === " " || event.key === "Enter";

  return (
    <button
      type="button"
      class={`hold ${name} ${held ? "held" : ""}`}
      style={{ "--hold": `${holdMs}ms` }}
      disabled={disabled}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        pointer.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        begin();
      }}
      onPointerUp={() => cancel(true)}
      onPointerCancel={() => cancel(false)}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (!isHoldKey(event)) return;
        event.preventDefault();
        if (!event.repeat) begin();
      }}
      onKeyUp={(event) => {
        if (isHoldKey(event)) cancel(true);
      }}
      onBlur={() => cancel(false)}
      onClick={() => {
        // A click without a finger, mouse or key before it was made by a program.
        if (!pointer.current && !timer.current) onAsk();
        pointer.current = false;
      }}
    >
      {children}
    </button>
  );
}
