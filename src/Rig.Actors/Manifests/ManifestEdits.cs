using System.Globalization;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Manifests;

/// <summary>How a manifest changes while its camera records and afterwards. Pure: a manifest in, the next one out.</summary>
public static class ManifestEdits
{
    /// <summary>Gaps and notes kept one by one; a camera that stutters all day must not make the manifest grow without end.</summary>
    private const int MostEntries = 2000;

    /// <summary>One before each half and some by mistake.</summary>
    public const int MostLockViews = 50;

    /// <summary>Adds a segment, or replaces what is known of it.</summary>
    public static Manifest WithSegment(this Manifest manifest, Segment segment)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(segment);
        bool known = manifest.Segments.Any(other => other.File == segment.File);
        IReadOnlyList<Segment> segments = known
            ? [.. manifest.Segments.Select(other => other.File == segment.File ? segment : other)]
            : [.. manifest.Segments, segment];
        return manifest with
        {
            Segments = segments,
            Frames = segments.Sum(each => each.Frames),
            DurationSeconds = segments
                .Where(each => each.First is not null && each.Last is not null)
                .Sum(each => (each.Last!.Value - each.First!.Value).TotalSeconds),
        };
    }

    /// <summary>Changes one segment; the manifest as it is when it has no such file.</summary>
    public static Manifest WithSegment(this Manifest manifest, string file, Func<Segment, Segment> change)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(change);
        return manifest.Segments.FirstOrDefault(segment => segment.File == file) is { } found
            ? manifest.WithSegment(change(found))
            : manifest;
    }

    /// <summary>Adds a gap, or lengthens the one that it goes on with; beyond the limit the last one is widened, so that nothing is lost silently.</summary>
    public static Manifest WithGap(this Manifest manifest, SegmentGap gap)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(gap);
        manifest = manifest with { DroppedUnits = manifest.DroppedUnits + (gap.Units ?? 0) };
        IReadOnlyList<SegmentGap> gaps = manifest.Gaps.With(gap);
        return gaps.Count <= MostEntries
            ? manifest with
            {
                Gaps = gaps,
            }
            : manifest with
            {
                Gaps = [.. gaps.SkipLast(2), GapLists.Longer(gaps[^2], gap) with { Cause = "several" }],
            };
    }

    /// <summary>The gap that a restart left behind a file begins where that file, once repaired, really ends. The gap before it stays.</summary>
    public static Manifest WithGapsFrom(this Manifest manifest, Segment repaired)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(repaired);
        return repaired.Last is { } last
            ? manifest with
            {
                Gaps = [.. manifest.Gaps.Select(gap => IsRestartOver(gap, last) ? gap with { From = last } : gap)],
            }
            : manifest;
    }

    /// <summary>
    /// Puts a file that the program was killed before it could note in its place: in order of time, with what is missing before and after
    /// it, instead of one gap over both.
    /// </summary>
    public static Manifest WithGapsAround(this Manifest manifest, Segment repaired)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(repaired);
        Segment[] segments = [.. manifest.Segments.OrderBy(segment => segment.File, StringComparer.Ordinal)];
        manifest = (manifest with { Segments = segments }).WithGapsFrom(repaired);
        int place = Array.IndexOf(segments, repaired);
        Segment? before = place > 0 ? segments[place - 1] : null;
        return repaired.First is { } first && (before?.Last ?? before?.First) is { } from && from < first
            ? manifest.WithGap(
                new SegmentGap
                {
                    From = from,
                    To = first,
                    Cause = GapCauses.ProcessRestart,
                }
            )
            : manifest;
    }

    private static bool IsRestartOver(SegmentGap gap, DateTimeOffset instant) =>
        gap.Cause == GapCauses.ProcessRestart && gap.From <= instant && (gap.To is not { } to || instant < to);

    /// <summary>From where the known segments end to where the recording went on after a restart; null when nothing is missing.</summary>
    public static SegmentGap? RestartGap(this Manifest manifest, DateTimeOffset until)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        DateTimeOffset from = manifest.Segments.Max(segment => segment.Last ?? segment.First) ?? manifest.Start;
        return from < until
            ? new SegmentGap
            {
                From = from,
                To = until,
                Cause = GapCauses.ProcessRestart,
            }
            : null;
    }

    public static Manifest WithNote(this Manifest manifest, DateTimeOffset at, string text)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return manifest.Notes.Count >= MostEntries ? manifest : manifest with { Notes = [.. manifest.Notes, new ManifestNote(at, text)] };
    }

    /// <summary>Says what a step of the system's clock meant for the recording.</summary>
    public static Manifest WithClockStep(this Manifest manifest, DateTimeOffset at, double stepMs) =>
        manifest.WithNote(
            at,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The system's clock was set by {stepMs / 1000:+0.000;-0.000} s. Times of this recording go on by the clock that it began with."
            )
        );

    /// <summary>Adds a lock view. Beyond the limit the first ones stay: they are what the cameras were aligned by.</summary>
    public static Manifest WithLockView(this Manifest manifest, LockView taken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return manifest.LockViews.Count >= MostLockViews ? manifest : manifest with { LockViews = [.. manifest.LockViews, taken] };
    }

    public static Manifest WithMark(this Manifest manifest, Mark mark)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return manifest.Marks.Contains(mark) ? manifest : manifest with { Marks = [.. manifest.Marks, mark] };
    }
}
