using Rig.Media.Time;

namespace Rig.Media.Mp4;

/// <summary>What an edit list (ISO/IEC 14496-12 8.6.6) means for the samples of a track: one shift and one end. Of several media edits the first counts.</summary>
internal static class Edits
{
    public static void Apply(Mp4Track track, uint movieTimescale)
    {
        var movie = new Timescale(movieTimescale);
        long empty = 0;
        foreach (Mp4Edit edit in track.Edits)
        {
            long ticks = movie.Convert(new MediaTime(edit.Duration), track.Timescale).Ticks;
            if (edit.MediaTime < 0)
            {
                empty += ticks;
                continue;
            }

            track.PresentationShift = empty - edit.MediaTime;
            track.PresentationEnd = edit.Duration > 0 ? empty + ticks : long.MaxValue;
            return;
        }
    }

    /// <summary>Length of the track in the presentation.</summary>
    public static MediaSpan Duration(Mp4Track track)
    {
        long end = 0;
        for (int i = Math.Max(0, track.Count - 32); i < track.Count; i++)
        {
            end = Math.Max(end, track[i].PresentationTime + track[i].Duration + track.PresentationShift);
        }

        return track.Timescale.ToSpan(Math.Min(end, track.PresentationEnd));
    }
}
