// Figures as people read them.

const units = ["B", "KB", "MB", "GB", "TB"];

/** Decimal units, as disks are sold: three significant figures. */
export function bytes(value: number): string {
  let unit = 0;
  let scaled = value;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return `${unit === 0 || scaled >= 100 ? scaled.toFixed(0) : scaled.toPrecision(3)} ${units[unit]}`;
}

export function bitrate(value: number | undefined): string {
  if (value === undefined) return "–";
  return value >= 1e6 ? `${(value / 1e6).toFixed(value >= 1e7 ? 0 : 1)} Mbit/s` : `${(value / 1e3).toFixed(0)} kbit/s`;
}

export const count = (value: number): string => value.toLocaleString("en", { maximumFractionDigits: 0 });

const pad = (value: number): string => String(value).padStart(2, "0");

/** `0:07`, `12:31`, `1:02:03`; with tenths when asked. */
export function duration(seconds: number, tenths = false): string {
  const whole = Math.max(0, tenths ? Math.floor(seconds * 10) / 10 : Math.floor(seconds));
  const h = Math.floor(whole / 3600);
  const m = Math.floor(whole / 60) % 60;
  const s = whole % 60;
  const tail = tenths ? s.toFixed(1).padStart(4, "0") : pad(s);
  return h > 0 ? `${h}:${pad(m)}:${tail}` : `${m}:${tail}`;
}

/** A span in words: `45 s`, `12 min`, `3 h 20 min`, `2 days`. */
export function span(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${Math.round(hours / 24)} days`;
}

/** The same for a screen reader, which reads `1:02:03` as a ratio. */
export function spokenDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 3600), "hour"],
    [Math.floor(whole / 60) % 60, "minute"],
    [whole % 60, "second"],
  ];
  const said = parts.filter(([value]) => value > 0).map(([value, name]) => `${value} ${name}${value === 1 ? "" : "s"}`);
  return said.join(" ") || "0 seconds";
}

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const dayFormat = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });
const dayYearFormat = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", year: "numeric" });

export const clockTime = (at: number | string): string => clockFormat.format(new Date(at));

export function day(at: number | string, now: number): string {
  const date = new Date(at);
  const today = new Date(now);
  if (date.toDateString() === today.toDateString()) return "Today";
  if (date.toDateString() === new Date(now - 86_400_000).toDateString()) return "Yesterday";
  return (date.getFullYear() === today.getFullYear() ? dayFormat : dayYearFormat).format(date);
}

export const milliseconds = (value: number): string =>
  Math.abs(value) < 10 ? `${value.toFixed(2)} ms` : Math.abs(value) < 1000 ? `${value.toFixed(0)} ms` : `${(value / 1000).toFixed(1)} s`;

const codecs: Record<string, string> = { h264: "H.264", h265: "H.265", hevc: "H.265", av1: "AV1", aac: "AAC", opus: "Opus", pcm: "PCM" };
export const codec = (name: string | undefined): string => (name ? (codecs[name.toLowerCase()] ?? name) : "–");

export const plural = (value: number, one: string, many = `${one}s`): string => `${value} ${value === 1 ? one : many}`;
