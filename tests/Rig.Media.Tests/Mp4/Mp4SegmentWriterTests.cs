using Rig.Media.Formats;
using Rig.Media.Mp4;
using Rig.Media.Tests.Support;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Tests.Mp4;

/// <summary>What the writer makes of real units, judged by ffprobe, ffmpeg and GStreamer, growing and closed.</summary>
public sealed class Mp4SegmentWriterTests
{
    public static readonly TheoryData<string> Sources =
    [
        "mp4/bbb_prog_10s.mp4",
        "mp4/sample_no_bframes.mp4",
        "mp4/bbb_pyramid_3b.mp4",
        "mp4/ed_hevc.mp4",
        "mp4/h265_bframes.mp4",
        "mp4/sample_av1.mp4",
        "mp4/hdr10-av1.mp4",
        "mp4/sample_opus.mp4",
        "mp4/gopro_max-heromode.mp4",
    ];

    [ToolTheory("ffprobe", sharedMedia: true)]
    [MemberData(nameof(Sources))]
    public async Task Ffprobe_sees_the_units_that_went_in(string name)
    {
        using Recording recording = Recording.Read(SharedMedia.Bytes(name));
        SegmentFile file = recording.Record();
        byte[] growing = file.Bytes;
        byte[] closed = file.Close();

        foreach (byte[] form in (byte[][])[growing, file.Unpatched, closed])
        {
            List<ProbedPacket> packets = await Probe.Packets(form);
            for (int track = 0; track < recording.Tracks.Count; track++)
            {
                int index = track;
                long start = Start(recording, index);
                Assert.Equal(
                    recording
                        .Units.Where(unit => unit.Track == index)
                        .Select(unit => (unit.PresentationTime.Ticks - start, unit.Length, unit.IsKey)),
                    packets.Where(packet => packet.Stream == index).Select(packet => (packet.Presentation, packet.Size, packet.IsKey))
                );
                Assert.Equal(
                    recording.Units.Where(unit => unit.Track == index).Select(unit => unit.DecodeTime.Ticks - start),
                    packets.Where(packet => packet.Stream == index).Select(packet => packet.Decode)
                );
            }
        }
    }

    [ToolTheory("ffmpeg", sharedMedia: true)]
    [InlineData("mp4/bbb_prog_10s.mp4")]
    [InlineData("mp4/h265_bframes.mp4")]
    [InlineData("mp4/sample_with_av1c.mp4")]
    [InlineData("mp4/sample_opus.mp4")]
    public async Task Ffmpeg_decodes_the_same_frames_as_from_the_source(string name)
    {
        byte[] source = SharedMedia.Bytes(name);
        using Recording recording = Recording.Read(source);
        SegmentFile file = recording.Record();
        byte[] growing = file.Bytes;
        byte[] closed = file.Close();
        for (int track = 0; track < recording.Tracks.Count; track++)
        {
            string[] expected = await Probe.FrameHashes(source, $"0:{track}");

            Assert.NotEmpty(expected);
            Assert.Equal(expected, await Probe.FrameHashes(growing, $"0:{track}"));
            Assert.Equal(expected, await Probe.FrameHashes(closed, $"0:{track}"));
        }
    }

    [ToolTheory("ffmpeg", sharedMedia: true)]
    [InlineData("es/test-25fps.h264", false, false)]
    [InlineData("es/test-25fps.h264", false, true)]
    [InlineData("es/test-25fps-interlaced.h264", false, false)]
    [InlineData("es/test-25fps.h265", true, false)]
    [InlineData("es/test-25fps.h265", true, true)]
    public async Task Parsed_streams_decode_as_their_source(string name, bool hevc, bool inStream)
    {
        byte[] source = SharedMedia.Bytes(name);
        using Recording recording = Recording.Parse(source, hevc);
        recording.ParameterSetsInStream = inStream;
        byte[] closed = recording.Record().Close();

        string type = Mp4File.Read(new MemoryBytes(closed)).Tracks[0].EntryType;
        Assert.Equal(
            (hevc, inStream) switch
            {
                (false, false) => "avc1",
                (false, true) => "avc3",
                (true, false) => "hvc1",
                _ => "hev1",
            },
            type
        );
        Assert.Equal(await Probe.FrameHashes(source, "0:0", edits: false), await Probe.FrameHashes(closed, "0:0"));
    }

    [Fact]
    public void Decode_times_that_run_backwards_are_moved_and_counted_and_presentation_times_stay()
    {
        using var segment = new RandomSegment(seed: 5);
        AccessUnit first = segment.Units.Find(unit => unit.Track == 0);
        long[] ticks = [0, 3000, 2000, 2500, 6000];
        AccessUnit[] units =
        [
            .. ticks.Select(tick =>
                first with
                {
                    DecodeTime = new MediaTime(tick),
                    PresentationTime = new MediaTime(tick),
                    Flags = UnitFlags.Key,
                }
            ),
        ];
        var file = new SegmentFile(
            new SegmentStart { Created = Recording.Epoch, Tracks = [SegmentTrack.From(segment.Formats[0], units[0], units[0])] }
        );
        file.Write(units);
        Mp4Track track = Mp4File.Read(new MemoryBytes(file.Close())).Tracks[0];

        Assert.Equal(2, file.Writer.MovedUnits);
        Assert.Equal([0, 3000, 3000, 3000, 6000], Enumerable.Range(0, 5).Select(i => track[i].DecodeTime));
        Assert.Equal(ticks, Enumerable.Range(0, 5).Select(i => track[i].PresentationTime));
    }

    [ToolTheory("gst-launch-1.0", sharedMedia: true)]
    [InlineData("mp4/bbb_prog_10s.mp4")]
    [InlineData("mp4/ed_hevc.mp4")]
    [InlineData("mp4/sample_opus.mp4")]
    public async Task Gstreamer_plays_both_forms_to_the_end(string name)
    {
        using Recording recording = Recording.Read(SharedMedia.Bytes(name));
        SegmentFile file = recording.Record();
        byte[] growing = file.Bytes;
        foreach (byte[] form in (byte[][])[growing, file.Close()])
        {
            string output = await Probe.Run(
                form,
                path => ["gst-launch-1.0", "-m", "filesrc", $"location={path}", "!", "decodebin", "!", "fakesink", "sync=false"]
            );

            Assert.Contains("eos", output, StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <summary>T0 in the middle of a GOP: on a picture, a tick behind one, between two, and before the first.</summary>
    [ToolTheory("ffprobe", sharedMedia: true)]
    [InlineData("mp4/bbb_prog_10s.mp4", 0)]
    [InlineData("mp4/bbb_prog_10s.mp4", 1_500_000_000)]
    [InlineData("mp4/bbb_prog_10s.mp4", 1_500_081_381)]
    [InlineData("mp4/bbb_prog_10s.mp4", 1_523_456_789)]
    [InlineData("mp4/sample_no_bframes.mp4", 510_000_000)]
    [InlineData("mp4/ed_hevc.mp4", 333_333_333)]
    [InlineData("mp4/ed_hevc.mp4", -5_000_000_000)]
    public async Task The_first_shown_picture_is_the_first_captured_at_or_after_T0_at_its_exact_distance(string name, long nanoseconds)
    {
        using Recording recording = Recording.Read(SharedMedia.Bytes(name));
        int video = recording.Tracks.ToList().FindIndex(track => track.Handler == "vide");
        Timescale scale = recording.Tracks[video].Timescale;
        UtcInstant start = Recording.Epoch + new MediaSpan(nanoseconds);
        byte[] closed = recording.Record(start).Close();

        long[] shown = await Probe.ShownPictures(closed);

        UtcInstant begin = new(Math.Max(start.Nanoseconds, Recording.Epoch.Nanoseconds));
        long[] expected =
        [
            .. recording
                .Units.Where(unit => unit.Track == video && unit.Capture >= begin)
                .Select(unit => scale.ToTicks(unit.Capture - begin))
                .Order(),
        ];
        Assert.Equal(expected, shown);
    }

    [ToolFact("ffprobe", sharedMedia: true)]
    public async Task Pictures_captured_at_or_after_T1_are_not_shown()
    {
        using Recording recording = Recording.Read(SharedMedia.Bytes("mp4/bbb_prog_10s.mp4"));
        UtcInstant start = Recording.Epoch + MediaSpan.FromMilliseconds(1010);
        UtcInstant end = recording.Units.First(unit => unit.Track == 0 && unit.Capture >= start + MediaSpan.FromSeconds(5)).Capture;
        byte[] closed = recording.Record(start).Close(new SegmentEnd { EditEnd = end });

        long[] shown = await Probe.ShownPictures(closed);

        Assert.Equal(recording.Units.Count(unit => unit.Track == 0 && unit.Capture >= start && unit.Capture < end), shown.Length);
    }

    [ToolFact("ffprobe", sharedMedia: true)]
    public async Task Timecode_tags_and_chapters_are_there()
    {
        using Recording recording = Recording.Read(SharedMedia.Bytes("mp4/bbb_prog_10s.mp4"));
        SegmentFile file = recording.Record(Recording.Epoch + MediaSpan.FromMilliseconds(1500));
        byte[] growing = file.Bytes;
        byte[] closed = file.Close(
            new SegmentEnd
            {
                Marks =
                [
                    new SegmentMark(Recording.Epoch + MediaSpan.FromSeconds(4), "Tor für uns"),
                    new SegmentMark(Recording.Epoch + MediaSpan.FromSeconds(2), "Kick-off"),
                    new SegmentMark(Recording.Epoch + MediaSpan.FromSeconds(1), "before T0"),
                    new SegmentMark(Recording.Epoch + MediaSpan.FromSeconds(100), "after T1"),
                ],
            }
        );

        foreach (byte[] form in (byte[][])[growing, closed])
        {
            Assert.Equal("08:00:01:12", await Probe.Entry(form, "stream_tags=timecode", "v:0")); // 24 fps
            Assert.Equal("S1,cam0,left goal,CAM_L", (await Probe.Entry(form, "format_tags=session,camera,position,node")).Trim());
        }

        Assert.Equal(
            ["0.500000,Kick-off", "2.500000,Tor für uns"],
            (await Probe.Entry(closed, "chapter=start_time:chapter_tags=title")).Split('\n')
        );
        Mp4File read = Mp4File.Read(new MemoryBytes(closed));
        Assert.Equal(["Kick-off", "Tor für uns"], read.Chapters.Select(chapter => chapter.Title));
        Assert.Contains(new KeyValuePair<string, string>("node", "CAM_L"), read.Metadata);
    }

    [SharedMediaFact]
    public void Every_fragment_says_when_its_first_picture_was_captured()
    {
        using Recording recording = Recording.Read(SharedMedia.Bytes("mp4/bbb_prog_10s.mp4"));
        byte[] growing = recording.Record().Bytes;

        IReadOnlyList<Mp4ReferenceTime> times = Mp4File.Read(new MemoryBytes(growing)).ReferenceTimes;

        Assert.Equal(
            recording.Fragments().Select(fragment => fragment.First(unit => unit.Track == 0).Capture.Microseconds),
            times.Select(time => time.Instant.Microseconds)
        );
    }

    [SharedMediaFact]
    public void An_abandoned_fragment_leaves_no_trace()
    {
        using Recording recording = Recording.Read(SharedMedia.Bytes("mp4/bbb_prog_10s.mp4"));
        AccessUnit[][] fragments = [.. recording.Fragments()];
        var disturbed = new SegmentFile(recording.Start(UtcInstant.Unknown));
        var plain = new SegmentFile(recording.Start(UtcInstant.Unknown));
        foreach (AccessUnit[] fragment in fragments)
        {
            disturbed.Writer.Fragment(fragment);
            disturbed.Writer.Abandon();
            disturbed.Write(fragment);
            plain.Write(fragment);
        }

        // The sequence numbers (mfhd) count attempts; everything else is equal.
        Assert.Equal(plain.Close()[^1000..], disturbed.Close()[^1000..]);
    }

    [SharedMediaFact]
    public void Neighbours_of_a_track_follow_each_other_in_the_file()
    {
        using Recording recording = Recording.Read(SharedMedia.Bytes("mp4/bbb_prog_10s.mp4"));
        var writer = new Mp4SegmentWriter(recording.Start(UtcInstant.Unknown));
        writer.Start();
        AccessUnit[] units = recording.Fragments().First();

        Mp4Fragment fragment = writer.Fragment(units);

        int[] order = fragment.Order.ToArray();
        Assert.Equal(Enumerable.Range(0, units.Length), order.Order());
        Assert.Equal(order.OrderBy(index => units[index].Track).ThenBy(index => index), order);
        Assert.Equal(units.Sum(unit => unit.Length), fragment.PayloadBytes);
    }

    /// <summary>Jittering times and B-pictures: every sample gets runs of its own in all tables.</summary>
    [Fact]
    public void Half_an_hour_of_60_pictures_a_second_with_sound_costs_less_than_4_MB_in_all()
    {
        const int Minutes = 30;
        const long Limit = 4_000_000;
        using var builder = new UnitBuilder(new BlockPool());
        builder.Grow(100).Fill(1);
        (UnitBlock block, int offset, int length) = builder.Take();
        TrackFormat[] formats =
        [
            new()
            {
                Codec = Codec.Jpeg,
                Timescale = Timescale.Mpeg,
                Video = new VideoFormat { Width = 1920, Height = 1080 },
            },
            new()
            {
                Codec = Codec.PcmALaw,
                Timescale = new Timescale(48_000),
                Audio = new AudioFormat { SampleRate = 48_000, Channels = 1 },
            },
        ];
        AccessUnit first = new()
        {
            Block = block,
            Offset = offset,
            Length = length,
            Track = 0,
            DecodeTime = MediaTime.Zero,
            PresentationTime = MediaTime.Zero,
            Flags = UnitFlags.Key,
        };
        var writer = new Mp4SegmentWriter(
            new SegmentStart { Created = Recording.Epoch, Tracks = [.. formats.Select(format => SegmentTrack.From(format, first, first))] }
        );
        writer.Start();
        var units = new AccessUnit[60 + 47];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int second = 0; second < Minutes * 60; second++)
        {
            for (int i = 0; i < 60; i++)
            {
                long time = (second * 90_000L) + (i * 1500) + (i % 2);
                units[i] = first with { DecodeTime = new MediaTime(time), PresentationTime = new MediaTime(time + (i % 3 * 1500)) };
            }

            for (int i = 0; i < 47; i++)
            {
                long time = (((second * 47L) + i) * 1024) + (i % 2);
                units[60 + i] = first with { Track = 1, DecodeTime = new MediaTime(time), PresentationTime = new MediaTime(time) };
            }

            writer.Fragment(units);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Limit);
        Assert.Equal(0, writer.MovedUnits);
        block.Release();
    }

    [Fact]
    public void A_codec_that_MP4_does_not_carry_is_refused()
    {
        var format = new TrackFormat { Codec = Codec.JpegXs, Timescale = Timescale.Mpeg };

        Assert.False(Mp4SegmentWriter.CanWrite(Codec.JpegXs));
        Assert.Throws<ArgumentException>(() =>
            new Mp4SegmentWriter(new SegmentStart { Created = Recording.Epoch, Tracks = [SegmentTrack.Unseen(format)] })
        );
    }

    /// <summary>Where presentation begins on a track's line when nothing was asked for: with the first picture, else with the first unit.</summary>
    private static long Start(Recording recording, int track)
    {
        int leading = Math.Max(0, recording.Tracks.ToList().FindIndex(candidate => candidate.Handler == "vide"));
        UtcInstant start = recording.Units.First(unit => unit.Track == leading).Capture;
        return recording.Tracks[track].Timescale.ToTicks(start - Recording.Epoch);
    }
}
