// A span of every chosen camera as files of its own, cut without encoding anew: each begins at the key picture before the span.
import { useState } from "preact/hooks";
import { Dialog } from "../components/Dialog";
import { Icon } from "../components/Icon";
import { duration, plural } from "../format";
import { manifestKey, stretches } from "./sessions";
import type { RigSession } from "./sessions";
import type { Span } from "./Timeline";
import { spanUrl } from "./urls";

/** Browsers drop downloads that are begun in the same moment. */
const betweenMs = 700;

interface Props {
  session: RigSession;
  span: Span;
  now: number;
  onClose: () => void;
}

interface File {
  key: string;
  name: string;
  url: string;
}

/** One file a camera that has pictures in the span, named so that they sort by session, camera and time. */
export function filesOf(session: RigSession, span: Span, now: number): File[] {
  const start = Date.parse(session.start);
  return session.manifests
    .filter((manifest) => stretches(manifest, start, now).some(({ from, to }) => from < span.to && to > span.from))
    .map((manifest) => ({
      key: manifestKey(manifest),
      name: `${session.id}_${manifest.node}_${manifest.camera}_${duration(span.from).replaceAll(":", "-")}.mp4`,
      url: spanUrl(manifest, start + span.from * 1000, span.to - span.from, "mp4"),
    }));
}

function download({ url, name }: File): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}

export function ExportSheet({ session, span, now, onClose }: Props) {
  const files = filesOf(session, span, now);
  const [left, leave] = useState<ReadonlySet<string>>(new Set());
  const chosen = files.filter(({ key }) => !left.has(key));
  const all = (): void => {
    chosen.forEach((file, index) => setTimeout(() => download(file), index * betweenMs));
    onClose();
  };
  return (
    <Dialog title={`Export ${duration(span.to - span.from, true)}`} onClose={onClose}>
      <p>
        From {duration(span.from, true)} to {duration(span.to, true)}, as it was recorded: nothing is encoded anew, nothing is lost.
      </p>
      <fieldset>
        <legend>Cameras</legend>
        {files.map((file) => (
          <div class="row file" key={file.key}>
            <label class="check grow">
              <input
                type="checkbox"
                checked={!left.has(file.key)}
                onChange={() => leave(new Set(left.has(file.key) ? [...left].filter((key) => key !== file.key) : [...left, file.key]))}
              />
              <span>{file.key}</span>
            </label>
            <a class="button plain square" href={file.url} download={file.name} aria-label={`Save ${file.name}`}>
              <Icon name="download" />
            </a>
          </div>
        ))}
        {files.length === 0 && <p>No camera has pictures in this span.</p>}
      </fieldset>
      <footer>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" class="primary" disabled={chosen.length === 0} onClick={all}>
          Save {plural(chosen.length, "file")}
        </button>
      </footer>
    </Dialog>
  );
}
