using Rig.EndToEnd.Tests.Support;

namespace Rig.EndToEnd.Tests.Live;

/// <summary>A browser plays the WebSocket with the page that <c>docs/reference/live.md</c> sketches.</summary>
[Collection(nameof(LiveNode))]
public sealed class LivePageTests(LiveNode live)
{
    [Theory]
    [InlineData("cam0")]
    [InlineData("cam0?audio=false")]
    [InlineData("opus")]
    [InlineData("av1")]
    public async Task Chromium_plays_a_camera_and_knows_when_each_picture_was_taken(string camera)
    {
        Seen seen = await Browser.ShowAsync<Seen>(Page($"/live/{camera}"), live.Http);
        Assert.Null(seen.Error);
        Assert.True(seen.Pictures >= 20, $"{seen.Pictures} pictures, {seen.Buffered} s buffered");
        Assert.Equal(seen.Captured.Order(), seen.Captured);

        // Both ends are on one machine: no picture is shown before it was taken.
        Assert.True(seen.MedianDelay > 0, $"{seen.MedianDelay} ms");
    }

    private static string Page(string path) =>
        $$"""
            <!doctype html><video muted autoplay></video>
            <script>
            const video = document.querySelector("video");
            const media = new MediaSource();
            const seen = { error: null, pictures: 0, buffered: 0, captured: [], medianDelay: 0 };
            const delays = [], queue = [];
            let buffer, clock, done = false;
            const finish = error => {
              if (done) return;
              done = true;
              seen.error = error ?? null;
              seen.buffered = video.buffered.length ? video.buffered.end(0) - video.buffered.start(0) : 0;
              seen.medianDelay = delays.sort((a, b) => a - b)[delays.length >> 1] ?? 0;
              fetch("/", { method: "POST", body: JSON.stringify(seen) });
            };
            const pump = () => { if (buffer && !buffer.updating && queue.length) buffer.appendBuffer(queue.shift()); };
            const look = (_, frame) => {
              seen.pictures++;
              if (clock) {
                const captured = clock.utcUs + (frame.mediaTime - clock.media) * 1e6;
                seen.captured.push(Math.round(captured));
                delays.push(Date.now() - captured / 1000);
              }
              seen.pictures >= 20 ? finish() : video.requestVideoFrameCallback(look);
            };
            video.requestVideoFrameCallback(look);
            video.onerror = () => finish(video.error.message);
            video.src = URL.createObjectURL(media);
            media.onsourceopen = () => {
              const ws = new WebSocket("ws://" + location.host + "{{path}}");
              ws.binaryType = "arraybuffer";
              ws.onclose = () => finish("closed");
              ws.onmessage = ({ data }) => {
                if (data instanceof ArrayBuffer) { queue.push(data); return pump(); }
                const message = JSON.parse(data);
                if (message.type === "time") clock = message;
                if (message.type !== "format") return;
                if (buffer) return buffer.changeType(message.mime);
                if (!MediaSource.isTypeSupported(message.mime)) return finish("unsupported: " + message.mime);
                buffer = media.addSourceBuffer(message.mime);
                buffer.onupdateend = () => {
                  if (video.buffered.length && video.currentTime < video.buffered.start(0)) video.currentTime = video.buffered.start(0);
                  pump();
                };
              };
            };
            </script>
            """;

    /// <param name="Captured">When the pictures shown were taken, microseconds since 1970.</param>
    /// <param name="MedianDelay">Milliseconds from capture to screen.</param>
    private sealed record Seen(string? Error, int Pictures, double Buffered, long[] Captured, double MedianDelay);
}
