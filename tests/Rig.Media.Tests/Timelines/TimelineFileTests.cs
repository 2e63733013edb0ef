using Rig.Media.Formats;
using Rig.Media.MpegTs;
using Rig.Media.Tests.MpegTs;
using Rig.Media.Tests.Support;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Tests.Timelines;

/// <summary>Real transport streams through demultiplexer and timeline.</summary>
public sealed class TimelineFileTests
{
    public static TheoryData<TsCase> Cases => TsFileTests.Cases;

    [SharedMediaTheory]
    [MemberData(nameof(Cases))]
    public void A_real_stream_keeps_its_times_and_gets_ordered_ones(TsCase file)
    {
        TimelineRig rig = Run(file.Read());
        CollectingSink raw = TsInput.Demux(file.Read());

        rig.AssertOrdered();
        Assert.Equal(0, rig.Timeline.Statistics.ClockJumps);
        Assert.Equal(raw.Units.Count, rig.Units.Count);
        foreach ((AccessUnit unit, CollectedUnit wire) in rig.Units.Zip(raw.Units))
        {
            long scale = rig.Formats.Last(entry => entry.Track == unit.Track).Format.Timescale.TicksPerSecond;
            double apart = (unit.PresentationTime.Ticks / (double)scale) - (wire.Presentation.Ticks / 90_000.0);

            // Half a unit of sound at most; multiples of the wrap aside.
            Assert.InRange(Math.IEEERemainder(apart, (1L << 33) / 90_000.0), -0.012, 0.012);
        }
    }

    [SharedMediaTheory]
    [InlineData("bbb_1s.ts")]
    [InlineData("obs_hevc_aac.ts")]
    [InlineData("80s_with_ad.ts")]
    [InlineData("live_aac_h264.ts")]
    [InlineData("hevc_aac_seg0.ts+hevc_aac_seg1.ts")]
    [InlineData("derived_ptswrap_hevc_aac.ts")]
    public void Real_sound_is_contiguous_to_the_sample(string files)
    {
        TimelineRig rig = Run(new TsCase(files).Read());
        IReadOnlyList<AccessUnit> sound = rig.Track(1);

        Assert.NotEmpty(sound);
        Assert.All(sound.Zip(sound.Skip(1)), pair => Assert.Equal(1024, pair.Second.DecodeTime - pair.First.DecodeTime));
    }

    [SharedMediaFact]
    public void A_hole_between_files_stays_a_hole()
    {
        TimelineRig rig = Run(new TsCase("gap_2.ts+gap_3.ts+gap_4.ts+gap_6.ts").Read());
        long[] steps = [.. rig.Units.Zip(rig.Units.Skip(1)).Select(pair => pair.Second.DecodeTime - pair.First.DecodeTime)];

        Assert.Equal(1, steps.Count(step => step > 90_000));
        Assert.InRange(steps.Max(), 361_000, 363_000);
    }

    [SharedMediaFact]
    public void A_file_that_is_played_again_and_again_goes_on_with_sound_and_picture_together()
    {
        byte[] once = SharedMedia.Bytes("ts/live_aac_h264.ts");
        TimelineRig rig = Run([.. once, .. once, .. once]);

        rig.AssertOrdered();
        IReadOnlyList<AccessUnit> video = rig.Track(0);
        IReadOnlyList<AccessUnit> sound = rig.Track(1);
        double picture = (video[^1].PresentationTime.Ticks - video[299].PresentationTime.Ticks) / 90_000.0;
        double heard = (sound[^1].PresentationTime.Ticks - sound[558].PresentationTime.Ticks) / 48_000.0;
        Assert.Equal(4, rig.Timeline.Statistics.ClockJumps);
        Assert.InRange(picture, 23.9, 24.6);
        Assert.InRange(picture - heard, -0.11, 0.11);
        Assert.Equal(0, rig.Timeline.Statistics.ForcedDecodeTimes);
    }

    private static TimelineRig Run(byte[] bytes)
    {
        TimelineRig rig = new();
        using TsDemuxer demuxer = new(rig.Timeline, new BlockPool());
        demuxer.Push(bytes, TimelineRig.Start);
        demuxer.Flush();
        return rig;
    }
}
