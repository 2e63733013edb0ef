using System.Globalization;
using Rig.Media.Time;
using Rig.Streams.Processes;
using Rig.Streams.Sources;

namespace Rig.Streams.Verification;

/// <summary>
/// Decodes a file with ffmpeg and reads the stamp of each picture. Only the two rows of the stamp come through the pipe, 20 KB a
/// picture; presentation times come from ffmpeg's <c>showinfo</c> on its error output, in the same order.
/// </summary>
internal static class FrameReader
{
    private const int FrameBytes = FrameStamp.Width * FrameStamp.Height;
    private const int PatienceMilliseconds = 250;

    /// <summary>Reads all pictures of a file in presentation order.</summary>
    /// <exception cref="SourceException">ffmpeg is not installed.</exception>
    public static async Task<(IReadOnlyList<StampedFrame> Frames, string? Error)> ReadAsync(
        string file,
        string? toolFolder,
        CancellationToken cancellation
    )
    {
        string ffmpeg = Programs.Find("ffmpeg", new SourceContext { ToolFolder = toolFolder });
        string times = Path.GetTempFileName();
        try
        {
            await using ChildProcess child = ChildProcess.Start(new ChildCommand { Program = ffmpeg, Arguments = Arguments(file, times) });
            List<UtcInstant> stamps = await Task.Factory.StartNew(
                () => ReadStamps(child, cancellation),
                cancellation,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            );
            ChildExit exit = await child.Exited.WaitAsync(cancellation);
            List<double?> presentation = await ReadTimesAsync(times, cancellation);
            string? complaint = child.ErrorOutput.Count > 0 ? child.ErrorOutput[^1] : null;
            string? error = complaint ?? (exit.IsSuccess ? null : $"ffmpeg ended with {exit}");
            return ([.. stamps.Select((stamp, i) => new StampedFrame(i < presentation.Count ? presentation[i] : null, stamp))], error);
        }
        finally
        {
            File.Delete(times);
        }
    }

    /// <summary>
    /// <c>-vsync passthrough</c> because a picture that ffmpeg would drop or repeat to keep a rate is what is looked for here; a second output
    /// lists the times of the same decoded pictures.
    /// </summary>
    private static string[] Arguments(string file, string times) =>
        [
            "-nostdin",
            "-hide_banner",
            "-loglevel",
            "error",
            "-nostats",
            "-y",
            "-i",
            Path.GetFullPath(file),
            "-filter_complex",
            $"[0:v:0]crop={FrameStamp.Width}:{FrameStamp.Height}:0:0:exact=1,format=gray,split[pixels][times]",
            "-map",
            "[pixels]",
            "-vsync",
            "passthrough",
            "-f",
            "rawvideo",
            "pipe:1",
            "-map",
            "[times]",
            "-vsync",
            "passthrough",
            "-enc_time_base",
            "-1",
            "-f",
            "framecrc",
            times,
        ];

    private static List<UtcInstant> ReadStamps(ChildProcess child, CancellationToken cancellation)
    {
        var stamps = new List<UtcInstant>();
        byte[] buffer = new byte[FrameBytes * 16];
        int filled = 0;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = child.Read(buffer.AsSpan(filled), PatienceMilliseconds);
            if (count == 0)
            {
                return stamps;
            }

            filled += Math.Max(count, 0);
            int used = 0;
            for (; filled - used >= FrameBytes; used += FrameBytes)
            {
                FrameStamp.TryDecode(buffer.AsSpan(used, FrameBytes), FrameStamp.Width, out UtcInstant stamp);
                stamps.Add(stamp);
            }

            buffer.AsSpan(used, filled - used).CopyTo(buffer);
            filled -= used;
        }
    }

    /// <summary>The lines of ffmpeg's framecrc format: <c>#tb 0: 1/90000</c>, then <c>0, DTS, PTS, DURATION, SIZE, CRC</c>.</summary>
    private static async Task<List<double?>> ReadTimesAsync(string file, CancellationToken cancellation)
    {
        var times = new List<double?>();
        double tick = 0;
        await foreach (string line in File.ReadLinesAsync(file, cancellation))
        {
            if (line.StartsWith("#tb 0:", StringComparison.Ordinal))
            {
                string[] ratio = line["#tb 0:".Length..].Split('/');
                tick = double.Parse(ratio[0], CultureInfo.InvariantCulture) / double.Parse(ratio[1], CultureInfo.InvariantCulture);
            }
            else if (!line.StartsWith('#'))
            {
                string[] fields = line.Split(',');
                bool known = fields.Length > 2 && long.TryParse(fields[2], CultureInfo.InvariantCulture, out _);
                times.Add(known ? long.Parse(fields[2], CultureInfo.InvariantCulture) * tick : null);
            }
        }

        return times;
    }
}
