namespace Rig.Dashboard.Tests.Support;

/// <summary>
/// Reads the test camera's machine-readable stamp (its capture instant) out of the pixels that a video element shows: 80 blocks of 16 x 16 in two rows of 40 at the top
/// left, 64 bits of microseconds since 1970 and their CRC-16/CCITT-FALSE.
/// </summary>
internal static class FrameStamps
{
    /// <summary>Defines <c>stamp(video)</c>: milliseconds since 1970, or null where there is no stamp that holds.</summary>
    private const string Reader = """
        const canvas = document.createElement("canvas");
        canvas.width = 640; canvas.height = 32;
        const pen = canvas.getContext("2d", { willReadFrequently: true });
        const crc = bytes => {
          let value = 0xffff;
          for (const byte of bytes) {
            value ^= byte << 8;
            for (let bit = 0; bit < 8; bit++) value = value & 0x8000 ? ((value << 1) ^ 0x1021) & 0xffff : (value << 1) & 0xffff;
          }
          return value;
        };
        const stamp = video => {
          if (video.videoWidth < 640) return null;
          pen.drawImage(video, 0, 0, 640, 32, 0, 0, 640, 32);
          const pixels = pen.getImageData(0, 0, 640, 32).data;
          const bytes = new Uint8Array(10);
          for (let block = 0; block < 80; block++) {
            let sum = 0;
            for (let y = 4; y < 12; y++)
              for (let x = 4; x < 12; x++) sum += pixels[(((block / 40 | 0) * 16 + y) * 640 + (block % 40) * 16 + x) * 4 + 1];
            if (sum / 64 > 128) bytes[block >> 3] |= 0x80 >> (block & 7);
          }
          const view = new DataView(bytes.buffer);
          return crc(bytes.subarray(0, 8)) === view.getUint16(8) && view.getUint16(8) !== 0 ? Number(view.getBigUint64(0)) / 1000 : null;
        };
        """;

    /// <summary>The stamp that each video of the page shows now, by camera: <c>{ "CAM_L/cam0": 1795366209123.4 }</c>.</summary>
    public const string Now = $$"""
        () => {
          {{Reader}}
          const found = {};
          for (const tile of document.querySelectorAll("[data-camera]")) {
            const video = tile.querySelector("video");
            const read = video && stamp(video);
            if (read) found[tile.dataset.camera] = read;
          }
          return found;
        }
        """;

    /// <summary>Milliseconds from capture to screen of so many pictures of every video, by camera.</summary>
    public const string Delays = $$"""
        async wanted => {
          {{Reader}}
          const tiles = [...document.querySelectorAll("[data-camera]")].filter(tile => tile.querySelector("video") && stamp(tile.querySelector("video")));
          const measured = await Promise.all(tiles.map(tile => new Promise(done => {
            const video = tile.querySelector("video"), delays = [];
            const end = () => done([tile.dataset.camera, delays]);
            setTimeout(end, 30_000);
            const seen = (now, frame) => {
              const captured = stamp(video);
              if (captured) delays.push(performance.timeOrigin + Math.max(frame.expectedDisplayTime, performance.now()) - captured);
              if (delays.length < wanted) video.requestVideoFrameCallback(seen);
              else end();
            };
            video.requestVideoFrameCallback(seen);
          })));
          return Object.fromEntries(measured);
        }
        """;
}
