using Rig.Media.Formats;
using Rig.Media.Mp4;
using Rig.Streams.Log;

namespace Rig.Streams.Recording;

/// <summary>Which tracks of a log a segment file takes.</summary>
internal static class SegmentTracks
{
    /// <summary>The file's track of each track of the log, -1 for those that are not written, and the formats of the file's tracks.</summary>
    public static (int[] Tracks, TrackFormat[] Formats) Map(FormatSet formats)
    {
        int[] tracks = new int[formats.Count];
        var written = new List<TrackFormat>();
        for (int track = 0; track < formats.Count; track++)
        {
            bool can = formats[track] is { } format && Mp4SegmentWriter.CanWrite(format.Codec);
            tracks[track] = can ? written.Count : -1;
            if (can)
            {
                written.Add(formats[track]!);
            }
        }

        return (tracks, [.. written]);
    }
}
