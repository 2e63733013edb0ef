using Rig.Contracts.Recordings;

namespace Rig.Actors.Manifests;

/// <summary>Lists of gaps. Pure.</summary>
public static class GapLists
{
    /// <summary>The list with a gap more. One that begins where another of the same cause does is that one grown longer: a disk that stays full loses a piece at a time.</summary>
    public static IReadOnlyList<SegmentGap> With(this IReadOnlyList<SegmentGap> gaps, SegmentGap gap)
    {
        ArgumentNullException.ThrowIfNull(gaps);
        ArgumentNullException.ThrowIfNull(gap);
        return gaps.Any(each => IsSame(each, gap))
            ? [.. gaps.Select(each => IsSame(each, gap) ? Longer(each, gap) : each)]
            : [.. gaps, gap];
    }

    /// <summary>One gap over both, which begins with the first.</summary>
    public static SegmentGap Longer(SegmentGap first, SegmentGap second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return first with
        {
            To = first.To > second.To ? first.To : second.To,
            Units = first.Units is null && second.Units is null ? null : (first.Units ?? 0) + (second.Units ?? 0),
        };
    }

    private static bool IsSame(SegmentGap one, SegmentGap other) => one.From == other.From && one.Cause == other.Cause;
}
