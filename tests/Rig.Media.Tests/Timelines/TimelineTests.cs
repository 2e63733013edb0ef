using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Tests.Timelines;

/// <summary>Unwrapping, jumps, ordering and the audio count.</summary>
public sealed class TimelineTests
{
    private const long Frame = 3600;

    [Theory]
    [InlineData(33)]
    [InlineData(32)]
    public void A_clock_that_wraps_at_any_unit_gives_an_unbroken_line(int bits)
    {
        for (int at = 0; at < 40; at++)
        {
            TimelineRig rig = new();
            rig.Timeline.OnFormat(0, TimelineRig.Video(bits));
            long start = (1L << bits) - (at * Frame) - 17;
            for (int index = 0; index < 40; index++)
            {
                rig.Push(0, start + (index * Frame), index * 0.04, bits: bits);
            }

            Assert.All(rig.Units.Zip(rig.Units.Skip(1)), pair => Assert.Equal(Frame, pair.Second.DecodeTime - pair.First.DecodeTime));
            Assert.Equal(0, rig.Timeline.Statistics.ClockJumps);
        }
    }

    [Fact]
    public void A_track_that_starts_after_the_wrap_stands_beside_one_that_started_before()
    {
        TimelineRig rig = new();
        rig.Timeline.OnFormat(0, TimelineRig.Video());
        rig.Timeline.OnFormat(1, TimelineRig.Audio());
        AccessUnit video = rig.Push(0, (1L << 33) - 900, 0);
        AccessUnit audio = rig.Push(1, (1L << 33) + 900, 0);

        double apart = (audio.PresentationTime.Ticks / 48_000.0) - (video.PresentationTime.Ticks / 90_000.0);
        Assert.Equal(0.02, apart, 4);
    }

    [Fact]
    public void Mpeg_times_without_jumps_keep_their_values()
    {
        TimelineRig rig = new();
        rig.Timeline.OnFormat(0, TimelineRig.Video(depth: 1));
        AccessUnit unit = rig.Push(0, 132_000, 0, presentation: 139_200);

        Assert.Equal((132_000L, 139_200L), (unit.DecodeTime.Ticks, unit.PresentationTime.Ticks));
        Assert.Equal((64, 90_000u), (rig.Formats[0].Format.ClockBits, rig.Formats[0].Format.Timescale.TicksPerSecond));
    }

    [Theory]
    [InlineData(44_100)]
    [InlineData(48_000)]
    [InlineData(8_000)]
    public void Audio_frames_are_contiguous_in_samples_whatever_the_stamps_rounding(int rate)
    {
        TimelineRig rig = new();
        rig.Timeline.OnFormat(0, TimelineRig.Audio(rate: rate));
        for (long index = 0; index < 2000; index++)
        {
            long stamp = 126_000 + (index * 1024 * 90_000 / rate);
            rig.Push(0, stamp, stamp / 90_000.0);
        }

        Assert.All(rig.Units.Zip(rig.Units.Skip(1)), pair => Assert.Equal(1024, pair.Second.DecodeTime - pair.First.DecodeTime));
        Assert.Equal((uint)rate, rig.Formats[0].Format.Timescale.TicksPerSecond);
        Assert.Equal(0, rig.Timeline.Statistics.AudioGaps);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(150)]
    public void A_gap_in_the_sound_stays_as_long_as_it_was(int lost)
    {
        TimelineRig rig = new();
        rig.Timeline.OnFormat(0, TimelineRig.Audio());
        for (long index = 0; index < 400; index++)
        {
            long stamp = (index < 200 ? index : index + lost) * 1920;
            rig.Push(0, stamp, stamp / 90_000.0);
        }

        Assert.Equal(1024 * (lost + 1), rig.Units[200].DecodeTime - rig.Units[199].DecodeTime);
        Assert.True(rig.Units[200].Flags.HasFlag(UnitFlags.Discontinuity));
        Assert.Equal(1, rig.Timeline.Statistics.AudioGaps);
    }

    [Fact]
    public void Sound_that_drifts_from_the_picture_is_brought_back_within_the_threshold()
    {
        TimelineRig rig = new();
        rig.Timeline.OnFormat(0, TimelineRig.Audio());
        double worst = 0;
        for (long index = 0; index < 40_000; index++)
        {
            // A sound card 1,000 ppm fast: the stamps, taken from the camera's clock, fall behind the samples.
            long stamp = (long)(index * 1920 * 0.999);
            AccessUnit unit = rig.Push(0, stamp, stamp / 90_000.0);
            worst = Math.Max(worst, Math.Abs((unit.DecodeTime.Ticks / 48_000.0) - (stamp / 90_000.0)));
        }

        rig.AssertOrdered();
        Assert.InRange(worst, 0.09, 0.115);
        Assert.True(rig.Timeline.Statistics.CorrectedSamples > 48_000 / 4);
    }

    [Fact]
    public void Jittered_audio_stamps_do_not_reach_the_samples()
    {
        Random random = new(4);
        TimelineRig rig = new();
        rig.Timeline.OnFormat(0, TimelineRig.Audio());
        for (long index = 0; index < 5000; index++)
        {
            rig.Push(0, 900_000 + (index * 1920) + random.Next(-450, 450), index * 0.0213);
        }

        Assert.All(rig.Units.Zip(rig.Units.Skip(1)), pair => Assert.Equal(1024, pair.Second.DecodeTime - pair.First.DecodeTime));
    }

    [Theory]
    [InlineData(11.0)]
    [InlineData(40_000.0)]
    [InlineData(-0.5)]
    [InlineData(-3000.0)]
    public void A_jump_of_the_clock_is_flagged_and_the_line_goes_on_by_arrival(double seconds)
    {
        TimelineRig rig = new();
        rig.Timeline.OnFormat(0, TimelineRig.Video());
        long jump = (long)(seconds * 90_000);
        for (int index = 0; index < 100; index++)
        {
            rig.Push(0, 1_000_000_000 + (index * Frame) + (index < 50 ? 0 : jump), index * 0.04);
        }

        Assert.Equal(1, rig.Timeline.Statistics.ClockJumps);
        Assert.Equal(StreamFaultKind.ClockJump, Assert.Single(rig.Faults).Kind);
        Assert.Equal(
            [50],
            rig.Units.Index().Where(entry => entry.Item.Flags.HasFlag(UnitFlags.Discontinuity)).Select(entry => entry.Index)
        );
        Assert.All(
            rig.Units.Zip(rig.Units.Skip(1)),
            pair => Assert.InRange(pair.Second.DecodeTime - pair.First.DecodeTime, Frame - 2, Frame + 2)
        );
    }

    [Fact]
    public void A_hole_of_less_than_ten_seconds_stays_a_hole()
    {
        TimelineRig rig = new();
        rig.Timeline.OnFormat(0, TimelineRig.Video());
        rig.Push(0, 0, 0);
        rig.Push(0, 9 * 90_000, 9);

        Assert.Equal(9 * 90_000, rig.Units[1].DecodeTime - rig.Units[0].DecodeTime);
        Assert.Empty(rig.Faults);
    }

    [Fact]
    public void Tracks_that_jump_together_stay_together_although_one_jumps_later()
    {
        TimelineRig rig = new();
        rig.Timeline.OnFormat(0, TimelineRig.Video());
        rig.Timeline.OnFormat(1, TimelineRig.Audio());

        // A file of 10 s read three times; the sound comes up to half a second behind the pictures.
        var sent = Enumerable
            .Range(0, 3)
            .SelectMany(turn => File(turn, video: true).Concat(File(turn, video: false)))
            .OrderBy(entry => entry.Arrival)
            .ToArray();
        Dictionary<(int Track, int Turn), List<double>> offsets = [];
        foreach ((int turn, int track, long wire, double arrival) in sent)
        {
            AccessUnit unit = rig.Push(track, wire, arrival);
            double time = (double)unit.PresentationTime.Ticks / (track == 0 ? 90_000 : 48_000);
            double offset = time - (wire / 90_000.0);
            (offsets.TryGetValue((track, turn), out List<double>? list) ? list : offsets[(track, turn)] = []).Add(offset);
        }

        rig.AssertOrdered();
        Assert.Equal(4, rig.Timeline.Statistics.ClockJumps);
        for (int turn = 0; turn < 3; turn++)
        {
            Assert.InRange(offsets[(1, turn)][^1] - offsets[(0, turn)][^1], -0.1, 0.1);
        }

        static IEnumerable<(int Turn, int Track, long Wire, double Arrival)> File(int turn, bool video)
        {
            int count = video ? 250 : 468;
            long step = video ? Frame : 1920;
            return Enumerable
                .Range(0, count)
                .Select(index =>
                    (turn, video ? 0 : 1, 132_000 + (index * step), (turn * 10.0) + (index * step / 90_000.0) + (video ? 0 : 0.5))
                );
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Decode_times_are_derived_where_only_presentation_times_are_sent(int depth)
    {
        TimelineRig rig = new();
        rig.Timeline.OnFormat(0, TimelineRig.Video(bits: 32, depth));
        int group = depth + 1;
        for (int index = 0; index < 1 + (100 * group); index++)
        {
            // The first picture is shown first; then groups in which the last to be shown comes first, the others behind it backwards.
            int inGroup = (index + group - 1) % group;
            int order = index == 0 ? 0 : index - inGroup + (depth - inGroup);
            rig.Push(0, order * Frame, index * 0.04, bits: 32);
        }

        rig.AssertOrdered();
        Assert.Equal(0, rig.Timeline.Statistics.ClockJumps);
        Assert.Equal(0, rig.Timeline.Statistics.ForcedDecodeTimes);
        Assert.Equal(
            Enumerable.Range(0, 1 + (100 * group)).Select(index => index * Frame),
            rig.Units.Select(unit => unit.PresentationTime.Ticks).Order()
        );
    }

    [Fact]
    public void Rtp_tracks_with_random_origins_are_laid_side_by_side()
    {
        TimelineRig rig = new();
        rig.Timeline.OnFormat(0, TimelineRig.Video(bits: 32));
        rig.Timeline.OnFormat(1, TimelineRig.Audio(bits: 32, wire: 48_000));
        Random random = new(9);
        long videoOrigin = random.NextInt64(1L << 32);
        long audioOrigin = random.NextInt64(1L << 32);
        for (int millisecond = 0; millisecond < 60_000; millisecond++)
        {
            if (millisecond % 40 == 0)
            {
                rig.Push(0, videoOrigin + (millisecond * 90L), (millisecond / 1000.0) + 0.1, bits: 32);
            }

            if (millisecond % 64 == 0)
            {
                for (int frame = 0; frame < 3; frame++)
                {
                    rig.Push(
                        1,
                        audioOrigin + (millisecond * 48L) + (frame * 1024),
                        (millisecond / 1000.0) + (frame * 0.02133) + 0.1,
                        bits: 32
                    );
                }
            }
        }

        rig.AssertOrdered();
        AccessUnit video = rig.Track(0)[^1];
        AccessUnit audio = rig.Track(1)[^1];
        double apart =
            (video.PresentationTime.Ticks / 90_000.0) - (audio.PresentationTime.Ticks / 48_000.0) - (video.Arrival - audio.Arrival).Seconds;
        Assert.InRange(apart, -0.1, 0.1);
    }

    [Fact]
    public void Sender_reports_align_tracks_exactly()
    {
        TimelineRig rig = new();
        rig.Timeline.OnFormat(0, TimelineRig.Video(bits: 32));
        rig.Timeline.OnFormat(1, TimelineRig.Audio(bits: 32, wire: 48_000));
        for (int index = 0; index < 500; index++)
        {
            UtcInstant captured = TimelineRig.Start + MediaSpan.FromMilliseconds(index * 40);
            rig.Push(0, 77 + (index * Frame), (index * 0.04) + 0.3, bits: 32, capture: captured);
            captured = TimelineRig.Start + MediaSpan.FromSeconds(index * 1024 / 48_000.0);
            AccessUnit audio = rig.Push(1, 4_000_000_000 + (index * 1024), (index * 0.0213) + 0.05, bits: 32, capture: captured);
            Assert.Equal(captured, audio.Capture);
            Assert.Equal((captured - TimelineRig.Start).Seconds, audio.PresentationTime.Ticks / 48_000.0, 3);
        }
    }

    [Theory]
    [InlineData(33)]
    [InlineData(32)]
    [InlineData(64)]
    public void Whatever_times_come_decode_times_rise_and_no_unit_is_lost(int bits)
    {
        for (int seed = 0; seed < 60; seed++)
        {
            Random random = new(seed);
            TimelineRig rig = new();
            rig.Timeline.OnFormat(0, TimelineRig.Video(bits, depth: random.Next(4)));
            rig.Timeline.OnFormat(1, TimelineRig.Audio(bits));
            long[] wire = [random.NextInt64(), random.NextInt64()];
            double arrival = 0;
            for (int index = 0; index < 500; index++)
            {
                int track = random.Next(2);
                wire[track] += random.Next(30) switch
                {
                    0 => random.NextInt64(-1L << 40, 1L << 40),
                    1 => random.Next(-20_000, 20_000),
                    _ => Frame,
                };
                arrival += random.NextDouble() * 0.1;
                rig.Push(track, wire[track], arrival, wire[track] + random.Next(-1, 3) * Frame, bits);
            }

            Assert.Equal(500, rig.Units.Count);
            rig.AssertOrdered();
        }
    }

    [Fact]
    public void A_unit_without_times_follows_its_predecessor()
    {
        TimelineRig rig = new();
        rig.Timeline.OnFormat(0, TimelineRig.Video(bits: 64));
        rig.Push(0, 9000, 0);
        rig.Push(0, long.MinValue, 0.04, bits: 64);

        Assert.Equal(9000 + Frame, rig.Units[1].DecodeTime.Ticks);
        Assert.Equal(1, rig.Timeline.Statistics.MissingTimes);
    }
}
