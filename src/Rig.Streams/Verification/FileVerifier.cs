using Rig.Media.Time;
using Rig.Streams.Sources;

namespace Rig.Streams.Verification;

/// <summary>The core of <c>rig verify</c>: decodes files of test cameras, reads the frame stamps and says what is missing, there twice, late or adrift.</summary>
/// <param name="toolFolder">Folder that ffmpeg is looked for in before the <c>PATH</c>.</param>
public sealed class FileVerifier(string? toolFolder = null)
{
    /// <summary>Examines files of several cameras.</summary>
    /// <param name="cameras">For each camera its files in order of time; pictures missing or twice are also looked for across their borders.</param>
    /// <param name="t0">The instant at which all were to begin, where it is known.</param>
    /// <exception cref="SourceException">ffmpeg is not installed.</exception>
    public async Task<VerificationReport> VerifyAsync(
        IReadOnlyList<IReadOnlyList<string>> cameras,
        UtcInstant? t0 = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(cameras);
        CameraReport[] reports = await Task.WhenAll(cameras.Select(files => VerifyCameraAsync(files, t0, cancellation)));
        return new VerificationReport
        {
            Cameras = reports,
            FirstFrameSpreadMs = Spread(reports.Select(report => (report.First - DateTimeOffset.UnixEpoch)?.TotalMilliseconds)),
            DriftSpreadPpm = Spread(reports.Select(report => report.DriftPpm)),
        };
    }

    private async Task<CameraReport> VerifyCameraAsync(IReadOnlyList<string> files, UtcInstant? t0, CancellationToken cancellation)
    {
        var reports = new List<FileReport>();
        var all = new List<StampedFrame>();
        foreach (string file in files)
        {
            (IReadOnlyList<StampedFrame> frames, string? error) = File.Exists(file)
                ? await FrameReader.ReadAsync(file, toolFolder, cancellation)
                : ([], "there is no such file");
            reports.Add(Report(file, frames, error, reports.Count == 0 ? t0 : null));
            all.AddRange(frames);
        }

        StampFindings joined = StampFindings.Of(all);
        return new CameraReport
        {
            Files = reports,
            Frames = all.Count,
            Missing = joined.Missing,
            Duplicated = joined.Duplicated,
            OutOfOrder = joined.OutOfOrder,
            Undecodable = joined.Undecodable,
            First = reports.Select(report => report.First).FirstOrDefault(first => first is not null),
            Last = reports.Select(report => report.Last).LastOrDefault(last => last is not null),
            FrameRate = joined.FrameRate,
            DriftPpm = reports.Count == 1 ? reports[0].DriftPpm : null,
        };
    }

    private static FileReport Report(string file, IReadOnlyList<StampedFrame> frames, string? error, UtcInstant? t0)
    {
        StampFindings findings = StampFindings.Of(frames);
        UtcInstant first = frames.FirstOrDefault(frame => frame.Stamp.IsKnown, Nothing).Stamp;
        UtcInstant last = frames.LastOrDefault(frame => frame.Stamp.IsKnown, Nothing).Stamp;
        return new FileReport
        {
            File = file,
            Frames = frames.Count,
            Missing = findings.Missing,
            Duplicated = findings.Duplicated,
            OutOfOrder = findings.OutOfOrder,
            Undecodable = findings.Undecodable,
            First = first.IsKnown ? first.ToDateTimeOffset() : null,
            Last = last.IsKnown ? last.ToDateTimeOffset() : null,
            FrameRate = findings.FrameRate,
            DriftPpm = findings.DriftPpm,
            PresentationStart = frames.Count > 0 ? frames[0].Presentation : null,
            StartAfterT0Ms = t0 is { } start && first.IsKnown ? (first - start).Milliseconds : null,
            Error = error ?? (frames.Count == 0 ? "no picture could be decoded" : null),
        };
    }

    private static readonly StampedFrame Nothing = new(null, UtcInstant.Unknown);

    private static double? Spread(IEnumerable<double?> values)
    {
        List<double> known = [.. values.Where(value => value is not null).Select(value => value!.Value)];
        return known.Count < 2 ? null : known.Max() - known.Min();
    }
}
