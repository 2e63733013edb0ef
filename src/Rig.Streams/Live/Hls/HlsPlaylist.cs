using System.Globalization;
using System.Text;
using Rig.Media.Time;

namespace Rig.Streams.Live.Hls;

/// <summary>Writes playlists of a window (draft-pantos-hls-rfc8216bis 4.4): with parts, delta updates and dates.</summary>
public static class HlsPlaylist
{
    public const string ContentType = "application/vnd.apple.mpegurl";

    /// <summary>Segments so many target durations from the end may be skipped in a delta update; no less is allowed (4.4.3.8).</summary>
    private const int SkipTargets = 6;

    /// <summary>Parts are listed for so many target durations from the end (4.4.4.9).</summary>
    private const int PartTargets = 3;

    /// <summary>The media playlist.</summary>
    /// <param name="skip">A delta update: without what the player has had before.</param>
    /// <param name="query">Behind every address: empty, or a query with its question mark.</param>
    public static string Media(HlsWindow window, bool skip, string query)
    {
        ArgumentNullException.ThrowIfNull(window);
        StringBuilder text = new(4096);
        int target = window.TargetDuration;
        double part = window.PartTarget.Seconds;
        Line(text, $"#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:{target}");
        Line(
            text,
            $"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL={target * SkipTargets:0.0},PART-HOLD-BACK={part * 3:0.#####},HOLD-BACK={target * 3:0.0}"
        );
        Line(text, $"#EXT-X-PART-INF:PART-TARGET={part:0.#####}");
        Line(text, $"#EXT-X-MEDIA-SEQUENCE:{window.First}");
        if (window.DiscontinuitySequence > 0)
        {
            Line(text, $"#EXT-X-DISCONTINUITY-SEQUENCE:{window.DiscontinuitySequence}");
        }

        Segments(text, window, skip, query);
        return text.ToString();
    }

    /// <summary>The multivariant playlist: what a player must know to choose (4.4.6.2).</summary>
    /// <param name="bandwidth">Bits a second of the greatest segment.</param>
    public static string Multivariant(LiveFormat format, long bandwidth, string query)
    {
        ArgumentNullException.ThrowIfNull(format);
        StringBuilder text = new(512);
        Line(text, $"#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-INDEPENDENT-SEGMENTS");
        text.Append(CultureInfo.InvariantCulture, $"#EXT-X-STREAM-INF:BANDWIDTH={Math.Max(1, bandwidth)}");
        text.Append(CultureInfo.InvariantCulture, $",CODECS=\"{string.Join(',', format.Tracks.Select(track => track.Codec))}\"");
        if (format.Tracks.Select(track => track.Format.Video).FirstOrDefault(video => video is not null) is { } video)
        {
            text.Append(CultureInfo.InvariantCulture, $",RESOLUTION={video.Width}x{video.Height}");
            if (video.FrameRate is { } rate)
            {
                text.Append(CultureInfo.InvariantCulture, $",FRAME-RATE={rate.Value:0.000}");
            }
        }

        Line(text, $"\nindex.m3u8{query}");
        return text.ToString();
    }

    private static void Segments(StringBuilder text, HlsWindow window, bool skip, string query)
    {
        IReadOnlyList<HlsSegment> segments = window.Segments;
        double[] toEnd = ToEnd(segments);
        int skipped = skip ? Array.FindIndex(toEnd, rest => rest <= window.TargetDuration * SkipTargets) : 0;
        if (skipped > 0)
        {
            Line(text, $"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}");
        }

        int format = skipped > 0 ? segments[skipped - 1].Format : -1;
        for (int i = Math.Max(0, skipped); i < segments.Count; i++)
        {
            HlsSegment segment = segments[i];
            if (segment.IsDiscontinuous && i > 0)
            {
                Line(text, $"#EXT-X-DISCONTINUITY");
            }

            if (segment.Format != format)
            {
                format = segment.Format;
                Line(text, $"#EXT-X-MAP:URI=\"init_{format}.mp4{query}\"");
            }

            if (segment.Start.IsKnown)
            {
                Line(text, $"#EXT-X-PROGRAM-DATE-TIME:{segment.Start.ToDateTimeOffset():yyyy-MM-dd'T'HH:mm:ss.fff'Z'}");
            }

            bool isRecent = toEnd[i] - segment.Duration.Seconds <= window.TargetDuration * PartTargets;
            Segment(text, segment, isRecent, query);
        }

        (long number, int part) = segments.Count > 0 && window.Open is { } open ? (open.Number, open.Parts.Count) : (window.NextNumber, 0);
        Line(text, $"#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"part_{number}_{part}.mp4{query}\"");
    }

    private static void Segment(StringBuilder text, HlsSegment segment, bool withParts, string query)
    {
        for (int part = 0; withParts && part < segment.Parts.Count; part++)
        {
            string independent = segment.Parts[part].IsIndependent ? ",INDEPENDENT=YES" : "";
            Line(
                text,
                $"#EXT-X-PART:DURATION={Seconds(segment.Parts[part].Duration)},URI=\"part_{segment.Number}_{part}.mp4{query}\"{independent}"
            );
        }

        if (segment.IsComplete)
        {
            Line(text, $"#EXTINF:{Seconds(segment.Duration)},\nseg_{segment.Number}.mp4{query}");
        }
    }

    /// <summary>For each segment the seconds from its beginning to the end of the playlist.</summary>
    private static double[] ToEnd(IReadOnlyList<HlsSegment> segments)
    {
        double[] rest = new double[segments.Count];
        double sum = 0;
        for (int i = segments.Count - 1; i >= 0; i--)
        {
            rest[i] = sum += segments[i].Duration.Seconds;
        }

        return rest;
    }

    private static string Seconds(MediaSpan span) => span.Seconds.ToString("0.00000", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
