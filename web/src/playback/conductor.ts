// Plays every camera of a session on one time. The playhead waits for the camera that is not ready, so that none runs ahead.
import { signal } from "@preact/signals";
import type { Track } from "./track";

/** The page's pictures of the playhead; the tracks are steered as often. */
const everyMs = 40;

export class Conductor {
  readonly position = signal(0);
  readonly playing = signal(false);
  readonly waiting = signal(false);
  readonly rate = signal(1);
  private readonly tracks = new Set<Track>();
  private readonly timer: number;
  private last = performance.now();

  constructor(private length: number) {
    this.timer = window.setInterval(this.step, everyMs);
  }

  close(): void {
    clearInterval(this.timer);
  }

  setLength(length: number): void {
    this.length = length;
  }

  add(track: Track): () => void {
    this.tracks.add(track);
    return () => this.tracks.delete(track);
  }

  seek(position: number): void {
    this.position.value = Math.min(Math.max(0, position), Math.max(0, this.length - 0.05));
  }

  toggle(): void {
    if (!this.playing.value && this.position.value >= this.length - 0.1) this.seek(0);
    this.playing.value = !this.playing.value;
  }

  private readonly step = (): void => {
    const now = performance.now();
    const passed = (now - this.last) / 1000;
    this.last = now;
    const moving = this.playing.value && !this.waiting.value;
    const next = moving ? this.position.value + passed * this.rate.value : this.position.value;
    if (next >= this.length) {
      this.playing.value = false;
      this.position.value = this.length;
      return;
    }
    this.position.value = next;
    let ready = true;
    for (const track of this.tracks) ready = track.follow(next, moving, this.rate.value) && ready;
    this.waiting.value = !ready;
  };
}
