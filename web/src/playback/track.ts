// One camera of a session in one video element, on the session's own time: `currentTime` is seconds from the session's start.
import { attach, mediaSourceClass } from "../live/source";
import type { Attached } from "../live/source";
import { nextChunk, stretchAt } from "./chunks";
import type { Chunk } from "./chunks";
import { load } from "./loader";
import type { Piece } from "./loader";
import { mimeOf } from "./mp4";
import type { Stretch } from "./sessions";

/** What is nearer to the right instant than this is right. */
const near = 0.02;
/** What is further away is sought. */
const far = 0.25;
const nudge = 0.06;
const keptBehind = 20;
const retryMs = 2_000;

export type TrackState = "loading" | "ready" | "gap" | "failed";

export class Track {
  private attached: Attached | null = null;
  private buffer: SourceBuffer | null = null;
  private mime = "";
  private readonly loaded = new Set<string>();
  private pending: (() => void) | null = null;
  private retry = 0;
  private closed = false;
  private position = 0;
  private told: TrackState | null = null;

  /**
   * @param sessionStart Milliseconds since 1970.
   * @param urlOf Where the pictures between two positions are.
   * @param show Is told when the state changes.
   */
  constructor(
    private readonly video: HTMLVideoElement,
    private stretches: readonly Stretch[],
    private readonly sessionStart: number,
    private readonly urlOf: (from: number, seconds: number) => string,
    private readonly show: (state: TrackState, reason?: string) => void,
  ) {
    video.preservesPitch = true;
  }

  close(): void {
    this.closed = true;
    this.pending?.();
    clearTimeout(this.retry);
    this.attached?.detach();
  }

  /** A session that still runs grows. */
  extend(stretches: readonly Stretch[]): void {
    this.stretches = stretches;
  }

  /** Whether playback may go on: there is a picture at the position, or none is to be expected. */
  follow(position: number, playing: boolean, rate: number): boolean {
    this.position = position;
    this.fill();
    if (!stretchAt(this.stretches, position)) {
      this.tell("gap");
      if (!this.video.paused) this.video.pause();
      return true;
    }
    if (this.told === "failed") return true;
    const off = this.video.currentTime - position;
    const there = this.covers(position);
    if (!there) {
      this.tell("loading");
      if (!this.video.paused) this.video.pause();
      return false;
    }
    if (this.video.seeking) return false;
    if (Math.abs(off) > (playing ? far : near)) this.video.currentTime = position;
    else if (playing) this.video.playbackRate = Math.abs(off) < near ? rate : rate * (1 - Math.sign(off) * nudge);
    if (playing && this.video.paused) this.video.play().catch(() => undefined);
    if (!playing && !this.video.paused) this.video.pause();
    this.tell("ready");
    return this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  }

  private tell(state: TrackState, reason?: string): void {
    if (this.told === state) return;
    this.told = state;
    this.show(state, reason);
  }

  private covers(position: number): boolean {
    const { buffered } = this.video;
    for (let i = 0; i < buffered.length; i++) {
      if (position >= buffered.start(i) - near && position < buffered.end(i)) return true;
    }
    return false;
  }

  private fill(): void {
    if (this.pending || this.closed || this.buffer?.updating) return;
    const chunk = nextChunk(this.stretches, this.position, (key) => this.loaded.has(key));
    if (!chunk) return;
    this.pending = load(
      this.urlOf(chunk.from, chunk.to - chunk.from),
      (piece) => void this.take(chunk, piece),
      (error) => this.later(error),
    );
  }

  private later(error: unknown): void {
    this.tell("failed", error instanceof Error ? error.message : String(error));
    this.retry = window.setTimeout(() => {
      this.pending = null;
      this.told = null;
    }, retryMs);
  }

  private async take(chunk: Chunk, piece: Piece): Promise<void> {
    try {
      await this.append(piece);
      this.loaded.add(chunk.key);
      this.pending = null;
    } catch (error) {
      if (!this.closed) this.later(error);
    }
  }

  private async append({ data, start }: Piece): Promise<void> {
    const mime = mimeOf(data);
    const Source = mediaSourceClass();
    if (!mime || !Source?.isTypeSupported(mime)) throw new Error(`This browser cannot play ${mime ?? "the recording"}`);
    this.attached ??= await attach(this.video, Source);
    if (this.closed) return;
    this.buffer ??= this.attached.media.addSourceBuffer(mime);
    if (this.mime && this.mime !== mime) this.buffer.changeType(mime);
    this.mime = mime;
    this.buffer.timestampOffset = (start - this.sessionStart) / 1000;
    await this.idle(this.buffer, (buffer) => buffer.appendBuffer(data));
    await this.trim(this.buffer);
  }

  /** What lies far behind is loaded again when somebody goes back to it. */
  private async trim(buffer: SourceBuffer): Promise<void> {
    const until = this.position - keptBehind;
    if (until <= 0 || buffer.buffered.length === 0 || buffer.buffered.start(0) >= until) return;
    await this.idle(buffer, () => buffer.remove(0, until));
    this.loaded.clear();
  }

  private idle(buffer: SourceBuffer, act: (buffer: SourceBuffer) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      buffer.addEventListener("updateend", () => resolve(), { once: true });
      buffer.addEventListener("error", () => reject(new Error("The browser refused the pictures")), { once: true });
      act(buffer);
    });
  }
}
