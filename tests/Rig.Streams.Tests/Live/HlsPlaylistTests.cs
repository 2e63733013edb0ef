using System.Globalization;
using System.Text.RegularExpressions;
using Rig.Media.Time;
using Rig.Streams.Live.Hls;

namespace Rig.Streams.Tests.Live;

/// <summary>What RFC 8216bis demands of a playlist and of how it changes, held against windows of many shapes.</summary>
public sealed partial class HlsPlaylistTests
{
    private static readonly UtcInstant Start = UtcInstant.From(new DateTimeOffset(2026, 11, 1, 12, 0, 0, 250, TimeSpan.Zero));

    private readonly HlsWindow _window = new(new HlsOptions { CameraBytes = 1_000_000 });
    private UtcInstant _now = Start;

    public HlsPlaylistTests() => _window.SetFormat(1, new byte[] { 1 }, MediaSpan.FromMilliseconds(40));

    [Fact]
    public void A_young_stream_reads_as_the_standard_says()
    {
        Segment(5);
        _window.Begin(_now, 1, false);
        Part(independent: true);
        Assert.Equal(
            """
            #EXTM3U
            #EXT-X-VERSION:9
            #EXT-X-TARGETDURATION:1
            #EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=6.0,PART-HOLD-BACK=0.6,HOLD-BACK=3.0
            #EXT-X-PART-INF:PART-TARGET=0.2
            #EXT-X-MEDIA-SEQUENCE:0
            #EXT-X-MAP:URI="init_1.mp4"
            #EXT-X-PROGRAM-DATE-TIME:2026-11-01T12:00:00.250Z
            #EXT-X-PART:DURATION=0.20000,URI="part_0_0.mp4",INDEPENDENT=YES
            #EXT-X-PART:DURATION=0.20000,URI="part_0_1.mp4"
            #EXT-X-PART:DURATION=0.20000,URI="part_0_2.mp4"
            #EXT-X-PART:DURATION=0.20000,URI="part_0_3.mp4"
            #EXT-X-PART:DURATION=0.20000,URI="part_0_4.mp4"
            #EXTINF:1.00000,
            seg_0.mp4
            #EXT-X-PROGRAM-DATE-TIME:2026-11-01T12:00:01.250Z
            #EXT-X-PART:DURATION=0.20000,URI="part_1_0.mp4",INDEPENDENT=YES
            #EXT-X-PRELOAD-HINT:TYPE=PART,URI="part_1_1.mp4"

            """,
            HlsPlaylist.Media(_window, skip: false, "")
        );
    }

    [Fact]
    public void The_window_slides_by_whole_segments_and_keeps_what_players_may_still_ask_for()
    {
        for (int i = 0; i < 40; i++)
        {
            Segment(5);
            string text = HlsPlaylist.Media(_window, skip: false, "");
            Assert.Equal(_window.First, Value(text, "MEDIA-SEQUENCE"));
            Assert.All(Durations(text), duration => Assert.True(Math.Round(duration) <= _window.TargetDuration));
            Assert.True(i < 9 || Durations(text).Sum() >= 9 * _window.TargetDuration);
        }

        Assert.InRange(_window.Segments.Count, 9, 11);
        Assert.Equal(39, _window.First + _window.Segments.Count - 1);
        Assert.DoesNotContain("DISCONTINUITY", HlsPlaylist.Media(_window, false, ""), StringComparison.Ordinal);
    }

    [Fact]
    public void A_delta_update_with_what_was_skipped_is_the_whole_playlist()
    {
        for (int i = 0; i < 20; i++)
        {
            Segment(5, isBroken: i is 4 or 12 or 17);
            string[] whole = Entries(HlsPlaylist.Media(_window, skip: false, ""));
            string delta = HlsPlaylist.Media(_window, skip: true, "");
            int skipped = (int)(Value(delta, "SKIP:SKIPPED-SEGMENTS") ?? 0);
            string[] rest = Entries(delta);
            Assert.Equal(_window.Segments.Count - skipped, rest.Count(line => line.StartsWith("seg_", StringComparison.Ordinal)));
            Assert.Equal(rest, whole[^rest.Length..]);
            double left = _window.Segments.Skip(skipped).Sum(segment => segment.Duration.Seconds);
            Assert.True(skipped == 0 || left <= 6 * _window.TargetDuration, $"{skipped} skipped, {left} s left");
        }
    }

    [Fact]
    public void Discontinuities_are_counted_when_they_slide_out()
    {
        long before = 0;
        for (int i = 0; i < 60; i++)
        {
            Segment(5, isBroken: i % 3 == 2);
            string text = HlsPlaylist.Media(_window, skip: false, "");
            long counted = Value(text, "DISCONTINUITY-SEQUENCE") ?? 0;
            long inside = Entries(text).Count(line => line == "#EXT-X-DISCONTINUITY");
            long expected = Enumerable.Range(0, i + 1).Count(segment => segment % 3 == 2);
            Assert.Equal(expected, counted + inside);
            Assert.True(counted >= before);
            before = counted;
        }
    }

    [Fact]
    public void A_new_format_brings_its_map_and_the_old_one_goes_with_its_last_segment()
    {
        Segment(5);
        _window.SetFormat(2, new byte[] { 2 }, MediaSpan.FromMilliseconds(40));
        Segment(5, format: 2, isBroken: true);
        string[] entries = Entries(HlsPlaylist.Media(_window, skip: false, "?token=t"));
        Assert.Equal(
            ["#EXT-X-MAP:URI=\"init_1.mp4?token=t\"", "#EXT-X-MAP:URI=\"init_2.mp4?token=t\""],
            entries.Where(line => line.Contains("MAP", StringComparison.Ordinal))
        );
        Assert.True(Array.IndexOf(entries, "#EXT-X-DISCONTINUITY") < Array.IndexOf(entries, "#EXT-X-MAP:URI=\"init_2.mp4?token=t\""));
        Assert.NotNull(_window.Init(1));
        for (int i = 0; i < 20; i++)
        {
            Segment(5, format: 2);
        }

        Assert.Null(_window.Init(1));
        Assert.NotNull(_window.Init(2));
    }

    [Theory]
    [InlineData(40, 200)] // 25 pictures a second
    [InlineData(41.6667, 166.6668)] // 24: four whole pictures
    [InlineData(16.6667, 200.0004)] // 60
    [InlineData(500, 500)] // 2: a part is a picture at least
    [InlineData(0, 200)] // unknown
    public void The_part_target_is_of_whole_pictures(double picture, double target)
    {
        _window.SetFormat(3, new byte[] { 3 }, MediaSpan.FromMilliseconds(picture));
        Assert.Equal(target, _window.PartTarget.Milliseconds, 3);
    }

    [Fact]
    public void Promised_targets_grow_with_what_comes()
    {
        Segment(14);
        Assert.Equal(3, _window.TargetDuration);
        Segment(5);
        Assert.Equal(3, _window.TargetDuration);
        _window.Begin(_now, 1, false);
        Part(true, milliseconds: 270);
        Assert.Contains("PART-TARGET=0.27\n", HlsPlaylist.Media(_window, false, ""), StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_is_bounded_whatever_the_bit_rate()
    {
        for (int i = 0; i < 20; i++)
        {
            Segment(5, bytes: 90_000);
            Assert.True(_window.Segments.Count == 1 || _window.Segments.Sum(segment => segment.Length) <= 1_000_000);
        }

        Assert.InRange(_window.Segments.Count, 1, 2);
    }

    private void Segment(int parts, int format = 1, bool isBroken = false, int bytes = 10)
    {
        _window.Begin(_now, format, isBroken);
        for (int part = 0; part < parts; part++)
        {
            Part(part == 0, bytes: bytes);
        }

        _window.End();
    }

    private void Part(bool independent, double milliseconds = 200, int bytes = 10)
    {
        MediaSpan duration = MediaSpan.FromMilliseconds(milliseconds);
        _window.Add(new HlsPart(new byte[bytes], [], duration, independent));
        _now += duration;
    }

    private static long? Value(string text, string tag) =>
        Regex.Match(text, $"#EXT-X-{tag}[:=](\\d+)", RegexOptions.None, TimeSpan.FromSeconds(5)) is { Success: true } found
            ? long.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture)
            : null;

    private static IEnumerable<double> Durations(string text) =>
        ExtInf().Matches(text).Select(found => double.Parse(found.Groups["seconds"].Value, CultureInfo.InvariantCulture));

    /// <summary>Everything after the head.</summary>
    private static string[] Entries(string text) =>
        [
            .. text.Split('\n')
                .SkipWhile(line => !line.StartsWith("#EXT-X-MEDIA-SEQUENCE", StringComparison.Ordinal))
                .Skip(1)
                .Where(line =>
                    !line.StartsWith("#EXT-X-SKIP", StringComparison.Ordinal)
                    && !line.StartsWith("#EXT-X-DISCONTINUITY-S", StringComparison.Ordinal)
                ),
        ];

    [GeneratedRegex(@"#EXTINF:(?<seconds>[\d.]+),", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex ExtInf();
}
