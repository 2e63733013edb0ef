using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Tests.Timelines;

/// <summary>The node's clock is set while nothing records: capture instants go over to it, and nothing else changes.</summary>
public sealed class ClockShiftTests
{
    private const int Frames = 25 * 120;
    private const int ShiftAt = 25 * 60;

    [Theory]
    [InlineData(10)]
    [InlineData(-10)]
    [InlineData(86_400)]
    public void Captures_go_over_to_the_new_clock_in_one_unit_and_media_times_do_not_move(double step)
    {
        TimelineRig steady = Play(0, tell: false);
        TimelineRig shifted = Play(step, tell: true);
        foreach ((AccessUnit before, AccessUnit after) in steady.Units.Zip(shifted.Units))
        {
            Assert.Equal(
                (before.DecodeTime, before.PresentationTime, before.Flags),
                (after.DecodeTime, after.PresentationTime, after.Flags)
            );
        }

        foreach ((int index, (AccessUnit before, AccessUnit after)) in steady.Units.Zip(shifted.Units).Index())
        {
            double apart = (after.Capture - before.Capture).Seconds;
            Assert.Equal(index < ShiftAt * 2 ? 0 : step, apart, 9);
        }

        Assert.Equal(Assert.NotNull(steady.Timeline.DriftPpm), Assert.NotNull(shifted.Timeline.DriftPpm), 3);
    }

    [Fact]
    public void Untold_a_step_forwards_takes_half_a_minute_to_be_believed()
    {
        TimelineRig untold = Play(10, tell: false);
        AccessUnit late = untold.Units[(ShiftAt * 2) + 200];
        AccessUnit right = Play(10, tell: true).Units[(ShiftAt * 2) + 200];
        Assert.True((right.Capture - late.Capture).Seconds > 9);
    }

    /// <summary>Two minutes of picture and sound with clocks of their own, half-way through a step of the node's clock.</summary>
    private static TimelineRig Play(double step, bool tell)
    {
        Random random = new(3);
        TimelineRig rig = new();
        rig.Timeline.OnFormat(0, TimelineRig.Video(bits: 32));
        rig.Timeline.OnFormat(1, TimelineRig.Audio(bits: 32, wire: 48_000));
        for (int index = 0; index < Frames; index++)
        {
            if (index == ShiftAt && tell)
            {
                rig.Timeline.ShiftArrivals(MediaSpan.From(TimeSpan.FromSeconds(step)));
            }

            double node = (index * 0.04) + 0.02 + (random.NextDouble() * 0.003) + (index >= ShiftAt ? step : 0);
            rig.Push(0, index * 3600, node);
            rig.Push(1, index * 1920, node + 0.001);
        }

        return rig;
    }
}
