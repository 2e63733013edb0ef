// Media Source Extensions where the browser has them; iPhones call theirs ManagedMediaSource.

interface ManagedWindow {
  ManagedMediaSource?: typeof MediaSource;
}

export const mediaSourceClass = (): typeof MediaSource | undefined => (window as ManagedWindow).ManagedMediaSource ?? window.MediaSource;

/** A media source that is attached to a video and ready for buffers. */
export interface Attached {
  media: MediaSource;
  detach(): void;
}

export function attach(video: HTMLVideoElement, Source: typeof MediaSource): Promise<Attached> {
  const media = new Source();
  const url = URL.createObjectURL(media);
  // A managed source opens only on an element that may not be sent to another screen.
  video.disableRemotePlayback = true;
  video.src = url;
  const detach = (): void => {
    URL.revokeObjectURL(url);
    video.removeAttribute("src");
    video.load();
  };
  return new Promise((resolve) => {
    media.addEventListener("sourceopen", () => resolve({ media, detach }), { once: true });
  });
}
