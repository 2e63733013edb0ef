// Appends to a SourceBuffer one at a time, in order; what waits is joined into one append, so that a slow phone catches up instead of falling behind.

/** Bytes that may wait: some seconds of a 4K camera. More, and the player begins anew at the live edge. */
const mostWaiting = 24e6;

/** Seconds of pictures kept behind the playback position. */
const kept = 6;
const trimAbove = 15;

type Step = { kind: "type"; mime: string } | { kind: "data"; data: ArrayBuffer };

export function joined(parts: readonly ArrayBuffer[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return whole;
}

export class Feed {
  private readonly steps: Step[] = [];
  private waiting = 0;
  private ended = false;

  /** @param failed Is told once when the buffer takes no more; the player then begins anew. */
  constructor(
    private readonly buffer: SourceBuffer,
    private readonly position: () => number,
    private readonly failed: (reason: string) => void,
  ) {
    buffer.addEventListener("updateend", this.next);
    buffer.addEventListener("error", () => this.fail("the browser refused the pictures"));
  }

  changeType(mime: string): void {
    this.steps.push({ kind: "type", mime });
    this.next();
  }

  append(data: ArrayBuffer): void {
    this.steps.push({ kind: "data", data });
    this.waiting += data.byteLength;
    if (this.waiting > mostWaiting) this.fail("this device is too slow for the picture");
    else this.next();
  }

  /** The buffered range that holds the newest picture. */
  newest(): { start: number; end: number } | null {
    try {
      const { buffered } = this.buffer;
      const last = buffered.length - 1;
      return last < 0 ? null : { start: buffered.start(last), end: buffered.end(last) };
    } catch {
      // The buffer was taken from its media source.
      return null;
    }
  }

  close(): void {
    this.ended = true;
    this.steps.length = 0;
    this.buffer.removeEventListener("updateend", this.next);
  }

  private readonly next = (): void => {
    if (this.ended || this.buffer.updating) return;
    try {
      this.step();
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
    }
  };

  private step(): void {
    const { buffered } = this.buffer;
    const behind = buffered.length > 0 ? this.position() - buffered.start(0) : 0;
    if (behind > trimAbove) {
      this.buffer.remove(0, this.position() - kept);
      return;
    }
    const first = this.steps[0];
    if (!first) return;
    if (first.kind === "type") {
      this.steps.shift();
      this.buffer.changeType(first.mime);
      this.next();
      return;
    }
    const parts: ArrayBuffer[] = [];
    for (let step = this.steps[0]; step?.kind === "data"; step = this.steps[0]) {
      parts.push(step.data);
      this.steps.shift();
    }
    this.waiting = 0;
    this.buffer.appendBuffer(joined(parts));
  }

  private fail(reason: string): void {
    if (this.ended) return;
    this.close();
    this.failed(reason);
  }
}
