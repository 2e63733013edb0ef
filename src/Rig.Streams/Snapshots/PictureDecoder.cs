using System.Globalization;
using Rig.Streams.Processes;

namespace Rig.Streams.Snapshots;

/// <summary>
/// A process that waits for one picture: started ahead, its codecs and filters loaded, so that a request pays for decoding and encoding alone
/// (quality.md: 66 of the 98 ms of a snapshot by ffmpeg are its start). It makes one JPEG and ends; damaged input can spoil no other picture.
/// </summary>
internal sealed class PictureDecoder : IAsyncDisposable
{
    /// <summary>The largest JPEG taken: 8192x8192 at the best quality is below it.</summary>
    private const int MostBytes = 64 << 20;

    private const int PatienceMilliseconds = 100;
    private readonly ChildProcess _child;

    private PictureDecoder(ChildProcess child) => _child = child;

    /// <summary>Whether it still waits.</summary>
    public bool IsAlive => !_child.Exited.IsCompleted;

    /// <exception cref="IOException">It could not be started.</exception>
    public static PictureDecoder Start(string ffmpeg, DecoderKind kind) =>
        new(
            ChildProcess.Start(
                new ChildCommand
                {
                    Program = ffmpeg,
                    HasInput = true,
                    Arguments = Arguments(kind),
                }
            )
        );

    /// <summary>The JPEG of the wanted picture. Blocks; ends in time whatever the process does.</summary>
    /// <exception cref="SnapshotException">No picture came; the process says why.</exception>
    public byte[] Decode(ReadOnlyMemory<byte> ivf, TimeSpan limit, TimeProvider time)
    {
        long begun = time.GetTimestamp();
        Task written = WriteAsync(ivf);
        using var jpeg = new MemoryStream(1 << 18);
        byte[] buffer = new byte[1 << 16];
        while (jpeg.Length < MostBytes && time.GetElapsedTime(begun) < limit)
        {
            int count = _child.Read(buffer, PatienceMilliseconds);
            if (count == 0)
            {
                break;
            }

            jpeg.Write(buffer, 0, Math.Max(count, 0));
        }

        written.ContinueWith(static _ => { }, TaskScheduler.Default);
        byte[] picture = jpeg.ToArray();
        bool isWhole = picture is [0xFF, 0xD8, .., 0xFF, 0xD9];
        return isWhole
            ? picture
            : throw new SnapshotException(
                SnapshotFault.Undecodable,
                $"The decoder made no picture. It said: {string.Join(" | ", _child.ErrorOutput.TakeLast(2))}"
            );
    }

    public ValueTask DisposeAsync() => _child.DisposeAsync();

    /// <summary>It may close its input as soon as it has the picture: what then cannot be written is not needed.</summary>
    private async Task WriteAsync(ReadOnlyMemory<byte> ivf)
    {
        try
        {
            await _child.Input!.WriteAsync(ivf);
            await _child.Input.DisposeAsync();
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException)
        {
            // What it made, or did not make, tells.
        }
    }

    /// <summary>
    /// One thread each: with one picture there is nothing to share out, and threads would hold pictures back. No probing: IVF says all.
    /// </summary>
    private static string[] Arguments(DecoderKind kind) =>
        [
            "-hide_banner",
            "-loglevel",
            "error",
            "-threads",
            "1",
            "-probesize",
            "32",
            "-analyzeduration",
            "0",
            "-copyts",
            .. kind.Decoder is { } decoder ? (string[])["-c:v", decoder] : [],
            "-f",
            "ivf",
            "-i",
            "pipe:0",
            "-filter_threads",
            "1",
            "-vf",
            string.Create(CultureInfo.InvariantCulture, $"select='gte(t,{CodedPicture.WantedTime / 1_000_000})'{kind.Options.Scale}"),
            "-frames:v",
            "1",
            "-vsync",
            "passthrough",
            "-c:v",
            "mjpeg",
            "-threads",
            "1",
            "-q:v",
            kind.Options.Quantiser,
            "-f",
            "image2pipe",
            "pipe:1",
        ];
}
