// What a node's self-test found, camera by camera.
import type { SelfTestReport } from "../api/types";
import { Dialog } from "../components/Dialog";
import { Notice } from "../components/parts";
import { bytes, count } from "../format";

export const SelfTestSheet = ({ node, report, onClose }: { node: string; report: SelfTestReport; onClose: () => void }) => (
  <Dialog title={report.passed ? `${node} passed the self-test` : `${node} did not pass the self-test`} onClose={onClose}>
    <p>Each camera recorded {report.seconds.toFixed(0)} s; the file was decoded, hashed and deleted.</p>
    {report.cameras.map(({ camera, passed, frames, decodedFrames, bytes: size, errors }) => (
      <Notice key={camera} tone={passed ? "quiet" : "block"} title={`${camera}: ${passed ? "passed" : "failed"}`}>
        {count(decodedFrames)} of {count(frames)} pictures decoded, {bytes(size)}
        {errors.map((error) => (
          <p key={error}>{error}</p>
        ))}
      </Notice>
    ))}
  </Dialog>
);
