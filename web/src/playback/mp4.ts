// The little of fragmented MP4 (ISO/IEC 14496-12) that playback reads: the codecs of an initialisation segment and when a fragment begins.

interface Box {
  type: string;
  body: number;
  end: number;
}

const fourCc = (view: DataView, at: number): string =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));

/** The boxes of one level; stops at the first one that does not fit. */
function boxes(view: DataView, from: number, to: number): Box[] {
  const found: Box[] = [];
  for (let at = from; at + 8 <= to; ) {
    const short = view.getUint32(at);
    const head = short === 1 && at + 16 <= to ? 16 : 8;
    const size = head === 16 ? Number(view.getBigUint64(at + 8)) : short === 0 ? to - at : short;
    if (size < head || at + size > to) break;
    found.push({ type: fourCc(view, at + 4), body: at + head, end: at + size });
    at += size;
  }
  return found;
}

/** All boxes at a path of types. */
function find(view: DataView, path: readonly string[], from = 0, to = view.byteLength): Box[] {
  const [first, ...rest] = path;
  const here = boxes(view, from, to).filter(({ type }) => type === first);
  return rest.length === 0 ? here : here.flatMap(({ body, end }) => find(view, rest, body, end));
}

const hex = (value: number): string => value.toString(16).padStart(2, "0").toUpperCase();

/** RFC 6381 3.3: profile, constraints and level as they stand in avcC. */
const avc = (view: DataView, body: number): string => hex(view.getUint8(body + 1)) + hex(view.getUint8(body + 2)) + hex(view.getUint8(body + 3));

/** ISO/IEC 14496-15 E.3, from hvcC (8.3.3.1). */
function hevc(view: DataView, body: number): string {
  const profile = view.getUint8(body + 1);
  const space = ["", "A", "B", "C"][profile >> 6] ?? "";
  let compatible = 0;
  for (let bit = 0; bit < 32; bit++) if ((view.getUint32(body + 2) >>> bit) & 1) compatible |= 1 << (31 - bit);
  const constraints = Array.from({ length: 6 }, (_, i) => view.getUint8(body + 6 + i));
  while (constraints.length > 1 && constraints.at(-1) === 0) constraints.pop();
  const tier = profile & 0x20 ? "H" : "L";
  return `${space}${profile & 0x1f}.${(compatible >>> 0).toString(16).toUpperCase()}.${tier}${view.getUint8(body + 12)}.${constraints.map((byte) => byte.toString(16).toUpperCase()).join(".")}`;
}

/** AV1 in ISOBMFF 5, from av1C: profile, level, tier, depth. */
function av1(view: DataView, body: number): string {
  const [first, second] = [view.getUint8(body + 1), view.getUint8(body + 2)];
  const depth = second & 0x40 ? (second & 0x20 ? 12 : 10) : 8;
  return `${first >> 5}.${String(first & 0x1f).padStart(2, "0")}${second & 0x80 ? "H" : "M"}.${String(depth).padStart(2, "0")}`;
}

const videoHead = 78;
const audioHead = 28;

/** A sample entry's codec as browsers call it; null for what they do not play. */
function codecOf(view: DataView, entry: Box): string | null {
  const child = (type: string, head: number): number | null => find(view, [type], entry.body + head, entry.end)[0]?.body ?? null;
  const named = (type: string, head: number, read: (view: DataView, body: number) => string): string | null => {
    const body = child(type, head);
    return body === null ? null : `${entry.type}.${read(view, body)}`;
  };
  switch (entry.type) {
    case "avc1":
    case "avc3":
      return named("avcC", videoHead, avc);
    case "hvc1":
    case "hev1":
      return named("hvcC", videoHead, hevc);
    case "av01":
      return named("av1C", videoHead, av1);
    case "mp4a":
      return child("esds", audioHead) === null ? null : "mp4a.40.2";
    case "Opus":
      return "opus";
    default:
      return null;
  }
}

/** `video/mp4; codecs="…"` of an initialisation segment; null when there is nothing in it that a browser plays. */
export function mimeOf(data: ArrayBuffer): string | null {
  const view = new DataView(data);
  const entries = find(view, ["moov", "trak", "mdia", "minf", "stbl", "stsd"]).flatMap(({ body, end }) => boxes(view, body + 8, end));
  const codecs = entries.map((entry) => codecOf(view, entry)).filter((codec) => codec !== null);
  return codecs.length > 0 ? `video/mp4; codecs="${codecs.join(",")}"` : null;
}
