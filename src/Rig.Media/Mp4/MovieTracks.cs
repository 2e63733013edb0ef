using Rig.Media.Formats;

namespace Rig.Media.Mp4;

/// <summary>Describes the tracks of a segment for its `moov`, without edits and tables, which differ between the growing and the closed file.</summary>
internal static class MovieTracks
{
    /// <summary>The media tracks in order, then the timecode track.</summary>
    public static IEnumerable<MovieTrack> Of(IReadOnlyList<SegmentTrackState> tracks, SegmentTrackState leading, Timecode? timecode)
    {
        uint timecodeId = (uint)tracks.Count + 1;
        bool soundSeen = false;
        foreach (SegmentTrackState track in tracks)
        {
            MovieTrack movie = Media(
                track.Id,
                track.Format,
                track.SampleDescription,
                first: track.Format.Kind != TrackKind.Audio || !soundSeen
            );
            soundSeen |= track.Format.Kind == TrackKind.Audio;
            yield return timecode.HasValue && track.Format.Kind == TrackKind.Video
                ? movie with
                {
                    References = [("tmcd", timecodeId)],
                }
                : movie;
        }

        if (timecode is { } code)
        {
            yield return new MovieTrack
            {
                Id = timecodeId,
                Handler = "tmcd",
                Name = "Timecode",
                Timescale = code.Timescale,
                MediaHeader = MediaHeaders.Timecode(),
                SampleDescription = SampleEntries.Timecode(code),
                Width = leading.Format.Video is { } video ? (uint)video.Width << 16 : 0,
            };
        }
    }

    /// <summary>The track of chapter titles (QuickTime File Format, "Chapter Lists").</summary>
    public static MovieTrack Chapters(uint id, uint timescale) =>
        new()
        {
            Id = id,
            Handler = "text",
            Name = "Chapters",
            Timescale = timescale,
            MediaHeader = MediaHeaders.Text(),
            SampleDescription = SampleEntries.Text(),
            Enabled = false,
        };

    /// <param name="first">Of its kind: the others are alternatives.</param>
    public static MovieTrack Media(uint id, TrackFormat format, ReadOnlyMemory<byte> sampleDescription, bool first)
    {
        TrackKind kind = format.Kind;
        (uint width, uint height) = kind == TrackKind.Video ? Display(format.Video!) : (0, 0);
        return new MovieTrack
        {
            Id = id,
            Handler = kind switch
            {
                TrackKind.Video => "vide",
                TrackKind.Audio => "soun",
                _ => "meta",
            },
            Name = kind.ToString(),
            Timescale = format.Timescale.TicksPerSecond,
            MediaHeader = kind switch
            {
                TrackKind.Video => MediaHeaders.Video(),
                TrackKind.Audio => MediaHeaders.Sound(),
                _ => MediaHeaders.Null(),
            },
            SampleDescription = sampleDescription,
            Enabled = first,
            AlternateGroup = kind == TrackKind.Audio ? 1 : 0,
            Width = width,
            Height = height,
        };
    }

    /// <summary>Size on screen: the width stretched by the sample aspect ratio (14496-12 8.3.2.3).</summary>
    private static (uint Width, uint Height) Display(VideoFormat video)
    {
        Ratio aspect = video.SampleAspectRatio;
        double stretch = aspect is { Numerator: > 0, Denominator: > 0 } ? aspect.Value : 1;
        return ((uint)Math.Min(video.Width * stretch * 65536, uint.MaxValue), (uint)video.Height << 16);
    }
}
