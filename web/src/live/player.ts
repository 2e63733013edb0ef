// Plays WS /live/{camera} in a video element, at the live edge. Comes back by itself after anything but a format that the browser cannot play.
import { nodeNow } from "../state/clock";
import { steer } from "./edge";
import { Feed } from "./feed";
import { capturedAt, readMessage } from "./messages";
import type { FormatMessage, LiveMessage, TimeMessage } from "./messages";
import { attach, mediaSourceClass } from "./source";
import type { Attached } from "./source";

export type PlayerState = "connecting" | "playing" | "away" | "broken" | "unplayable";

export interface PlayerView {
  state: PlayerState;
  /** In words, when there are no pictures. */
  reason?: string;
  /** Milliseconds from capture to screen; undefined until measured. */
  delayMs?: number;
  /** Pictures and sound frames that this viewer missed. */
  dropped: number;
  /** The node did not take the connection. */
  refused?: boolean;
}

const steerEveryMs = 200;
const measureEveryMs = 1_000;
const firstRetryMs = 1_000;
const lastRetryMs = 10_000;

/** Pictures that stay away so long although the connection lives are said to. */
const stalledMs = 3_000;

const awayWords: Record<string, string> = { no_pictures: "No pictures from the camera", restarting: "The camera is starting again", removed: "The camera was removed" };

export class LivePlayer {
  private socket: WebSocket | null = null;
  private attached: Attached | null = null;
  private feed: Feed | null = null;
  private time: TimeMessage | null = null;
  private timer = 0;
  private retry = 0;
  private wait = firstRetryMs;
  private measured = 0;
  private lastFrame = 0;
  private frameRequest = 0;
  private view: PlayerView = { state: "connecting", dropped: 0 };
  private waiting: ArrayBuffer[] = [];
  private stopped = false;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly url: string,
    private readonly show: (view: PlayerView) => void,
  ) {
    this.timer = window.setInterval(this.hold, steerEveryMs);
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    clearInterval(this.timer);
    clearTimeout(this.retry);
    this.release();
  }

  private set(change: Partial<PlayerView>): void {
    this.view = { ...this.view, ...change };
    if (this.view.state === "playing" || this.view.state === "connecting") delete this.view.reason;
    this.show(this.view);
  }

  private connect(): void {
    const socket = new WebSocket(this.url);
    let opened = false;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      opened = true;
      this.set({ refused: false });
    };
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (this.socket !== socket) return;
      if (typeof data === "string") this.take(readMessage(data));
      else if (this.feed) this.feed.append(data);
      else this.waiting.push(data);
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      if (!opened) this.set({ refused: true });
      this.again(opened ? "The connection to the node is lost" : "The node does not take the connection");
    };
    this.socket = socket;
  }

  private release(): void {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.feed?.close();
    this.attached?.detach();
    if (this.frameRequest) this.video.cancelVideoFrameCallback(this.frameRequest);
    this.video.ontimeupdate = null;
    this.feed = null;
    this.attached = null;
    this.time = null;
    this.waiting = [];
    this.frameRequest = 0;
  }

  private again(reason: string): void {
    this.release();
    if (this.stopped) return;
    this.set({ state: "broken", reason });
    this.retry = window.setTimeout(() => this.connect(), this.wait);
    this.wait = Math.min(this.wait * 2, lastRetryMs);
  }

  private take(message: LiveMessage | null): void {
    switch (message?.type) {
      case "format":
        void this.format(message);
        break;
      case "time":
        this.time = message;
        break;
      case "drop":
        this.set({ dropped: message.total });
        break;
      case "away":
        this.set({ state: "away", reason: awayWords[message.reason] ?? "No pictures" });
        break;
      case "back":
        this.set({ state: "connecting" });
        break;
      case undefined:
        break;
    }
  }

  private async format({ mime, left }: FormatMessage): Promise<void> {
    const Source = mediaSourceClass();
    if (mime === "" || !Source?.isTypeSupported(mime)) {
      const what = mime === "" ? left.join(", ") || "this camera" : (/codecs="([^"]+)"/.exec(mime)?.[1] ?? mime);
      this.release();
      this.set({ state: "unplayable", reason: `This browser cannot play ${what}` });
      return;
    }
    if (this.feed) {
      this.feed.changeType(mime);
      return;
    }
    const socket = this.socket;
    const attached = await attach(this.video, Source);
    if (this.socket !== socket || this.stopped) {
      attached.detach();
      return;
    }
    this.attached = attached;
    this.feed = new Feed(attached.media.addSourceBuffer(mime), () => this.video.currentTime, (reason) => this.again(reason));
    for (const data of this.waiting.splice(0)) this.feed.append(data);
    this.watchFrames();
  }

  /** Each picture that reaches the screen tells its media time, and so its age. */
  private watchFrames(): void {
    if (typeof this.video.requestVideoFrameCallback !== "function") {
      // Older browsers tell the position four times a second: enough to know that it plays, and to measure by.
      this.video.ontimeupdate = () => this.shown(performance.now(), performance.now(), this.video.currentTime);
      return;
    }
    const seen = (now: number, frame: VideoFrameCallbackMetadata): void => {
      this.shown(now, frame.expectedDisplayTime, frame.mediaTime);
      this.frameRequest = this.video.requestVideoFrameCallback(seen);
    };
    this.frameRequest = this.video.requestVideoFrameCallback(seen);
  }

  private shown(now: number, display: number, mediaTime: number): void {
    this.lastFrame = now;
    if (this.view.state !== "playing" && this.view.state !== "away") {
      this.wait = firstRetryMs;
      this.set({ state: "playing" });
    }
    if (this.time && now - this.measured > measureEveryMs) {
      this.measured = now;
      this.set({ delayMs: nodeNow() + (display - performance.now()) - capturedAt(this.time, mediaTime) });
    }
  }

  private readonly hold = (): void => {
    const newest = this.feed?.newest();
    if (!newest) return;
    const { rate, seek } = steer(this.video.currentTime, newest.start, newest.end, this.video.playbackRate);
    if (seek !== null) this.video.currentTime = seek;
    if (this.video.playbackRate !== rate) this.video.playbackRate = rate;
    // A browser that wants a touch before it plays leaves the first picture standing; the next touch anywhere starts it.
    if (this.video.paused) this.video.play().catch(() => undefined);
    if (this.view.state === "playing" && performance.now() - this.lastFrame > stalledMs && !document.hidden) this.set({ state: "away", reason: "No pictures" });
    else if (this.view.state === "away" && performance.now() - this.lastFrame < steerEveryMs * 2) this.set({ state: "playing" });
  };
}
