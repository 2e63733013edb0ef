using Rig.Media.Time;

namespace Rig.Streams.Verification;

/// <summary>A decoded picture: its presentation time in seconds, and its stamp where it has a readable one.</summary>
internal readonly record struct StampedFrame(double? Presentation, UtcInstant Stamp);

/// <summary>What a run of stamps says: pure, so that each finding has a test.</summary>
internal sealed record StampFindings(long Missing, long Duplicated, long OutOfOrder, long Undecodable, double? FrameRate, double? DriftPpm)
{
    /// <summary>Stamps nearer than this part of a period are the same picture twice.</summary>
    private const double SamePicture = 0.25;

    /// <summary>Examines pictures in presentation order.</summary>
    public static StampFindings Of(IReadOnlyList<StampedFrame> frames)
    {
        List<long> stamps = [.. frames.Where(frame => frame.Stamp.IsKnown).Select(frame => frame.Stamp.Nanoseconds)];
        double? period = FindPeriod(stamps);
        (long missing, long duplicated, long outOfOrder) = period is { } length ? Compare(stamps, length) : CompareWithoutPeriod(stamps);
        return new StampFindings(
            missing,
            duplicated,
            outOfOrder,
            frames.Count - stamps.Count,
            period is { } value ? 1e9 / value : null,
            FindDrift(frames)
        );
    }

    /// <summary>The median distance of neighbours: neither gaps nor duplicates move it while they are fewer than half.</summary>
    private static double? FindPeriod(List<long> stamps)
    {
        List<long> steps = [.. stamps.Zip(stamps.Skip(1), (a, b) => b - a).Where(step => step > 0).Order()];
        return steps.Count == 0 ? null : steps[steps.Count / 2];
    }

    private static (long Missing, long Duplicated, long OutOfOrder) CompareWithoutPeriod(List<long> stamps) =>
        (0, stamps.Count - stamps.Distinct().Count(), 0);

    /// <summary>
    /// Missing pictures are counted over the sorted, distinct stamps; so a picture that comes late is out of order and not missing too.
    /// </summary>
    private static (long Missing, long Duplicated, long OutOfOrder) Compare(List<long> stamps, double period)
    {
        var seen = new HashSet<long>();
        long duplicated = 0;
        long outOfOrder = 0;
        long newest = long.MinValue;
        foreach (long stamp in stamps)
        {
            if (!seen.Add(stamp))
            {
                duplicated++;
            }
            else if (stamp < newest)
            {
                outOfOrder++;
            }

            newest = Math.Max(newest, stamp);
        }

        long missing = 0;
        List<long> sorted = [.. seen.Order()];
        for (int i = 1; i < sorted.Count; i++)
        {
            double periods = (sorted[i] - sorted[i - 1]) / period;
            duplicated += periods < SamePicture ? 1 : 0;
            missing += Math.Max(0, (long)Math.Round(periods) - 1);
        }

        return (missing, duplicated, outOfOrder);
    }

    /// <summary>
    /// Least squares of presentation time over capture instant: its slope above 1 is how much the presentation clock runs ahead. A line through all
    /// points is not moved by the rounding of single times, as the first and last alone would be.
    /// </summary>
    private static double? FindDrift(IReadOnlyList<StampedFrame> frames)
    {
        UtcInstant origin = frames.FirstOrDefault(frame => frame.Stamp.IsKnown, new StampedFrame(null, UtcInstant.Unknown)).Stamp;
        List<(double X, double Y)> points =
        [
            .. frames
                .Where(frame => frame.Stamp.IsKnown && frame.Presentation is not null)
                .Select(frame => ((frame.Stamp - origin).Seconds, frame.Presentation!.Value)),
        ];
        if (points.Count < 2)
        {
            return null;
        }

        double meanX = points.Average(point => point.X);
        double meanY = points.Average(point => point.Y);
        double across = points.Sum(point => (point.X - meanX) * (point.Y - meanY));
        double along = points.Sum(point => (point.X - meanX) * (point.X - meanX));
        return along > 0 ? ((across / along) - 1) * 1e6 : null;
    }
}
