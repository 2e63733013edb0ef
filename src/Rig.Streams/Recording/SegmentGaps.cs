using Rig.Media.Time;

namespace Rig.Streams.Recording;

/// <summary>Lists of gaps.</summary>
internal static class SegmentGaps
{
    /// <summary>Adds a gap. One that begins where another of the same cause does is that one grown longer: a disk that stays full loses a GOP at a time.</summary>
    public static void Join(this List<SegmentGap> gaps, SegmentGap gap)
    {
        int known = gaps.FindIndex(each => each.From == gap.From && each.Cause == gap.Cause && each.Detail == gap.Detail);
        if (known < 0)
        {
            gaps.Add(gap);
            return;
        }

        SegmentGap before = gaps[known];
        UtcInstant end = before.To.IsKnown && before.To > gap.To ? before.To : gap.To;
        gaps[known] = before with { To = end, Units = before.Units + gap.Units };
    }
}
