using Rig.Media.Time;

namespace Rig.Media.Mp4;

/// <summary>Makes the edit list of a track in a closed file (ISO/IEC 14496-12 8.6.6).</summary>
internal static class EditLists
{
    /// <summary>
    /// Shows a track from one tick to another, exclusive, both on the line of the table's times. Sound is cut at the tick. A picture is shown
    /// whole or not at all: the first is the first presented at or after <paramref name="start"/>, and an empty edit keeps it at its
    /// distance from the beginning, also for players that move the first picture of an edit to the edit's start.
    /// </summary>
    public static List<EditEntry> Of(SampleTable samples, bool isVideo, long start, long end, Timescale track, Timescale movie)
    {
        long from = Math.Max(start, samples.FirstPresentationTime);
        if (isVideo)
        {
            from = samples.FirstPresentationFrom(from) ?? from;
        }

        long to = Math.Min(end, samples.PresentationEnd);
        List<EditEntry> edits = [];
        long late = track.Convert(new MediaTime(from - start), movie).Ticks;
        if (late > 0)
        {
            edits.Add(new EditEntry(late, -1));
        }

        // A duration of 0 would mean "all there is" to some readers.
        long shown = track.Convert(new MediaTime(to - from), movie).Ticks;
        edits.Add(new EditEntry(Math.Max(shown, 1), from - samples.FirstDecodeTime));
        return edits;
    }
}
