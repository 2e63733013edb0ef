using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Tests.Timelines;

/// <summary>Estimated capture instants and the drift of the camera's clock.</summary>
public sealed class CaptureInstantTests
{
    [Theory]
    [InlineData(50)]
    [InlineData(-50)]
    [InlineData(0)]
    [InlineData(12)]
    public void Drift_is_measured_within_5_ppm_after_a_minute_of_jitter(double ppm)
    {
        for (int seed = 0; seed < 10; seed++)
        {
            Random random = new(seed);
            TimelineRig rig = new();
            rig.Timeline.OnFormat(0, TimelineRig.Video());
            for (int index = 0; index < 60 * 25; index++)
            {
                double media = index * 0.04;
                double node = media / (1 + (ppm * 1e-6));
                rig.Push(0, index * 3600, node + 0.02 + (random.NextDouble() * 0.005));
            }

            double measured = Assert.NotNull(rig.Timeline.DriftPpm);
            Assert.InRange(measured, ppm - 5, ppm + 5);
        }
    }

    [Fact]
    public void A_paced_senders_capture_instants_are_smooth_and_true_but_for_the_least_transit()
    {
        Random random = new(1);
        TimelineRig rig = new();
        rig.Timeline.OnFormat(0, TimelineRig.Video());
        for (int index = 0; index < 25 * 120; index++)
        {
            rig.Push(0, index * 3600, (index * 0.04) + 0.010 + (random.NextDouble() * random.NextDouble() * 0.030));
        }

        foreach ((AccessUnit earlier, AccessUnit later) in rig.Units.Zip(rig.Units.Skip(1)).Skip(50))
        {
            Assert.InRange((later.Capture - earlier.Capture).Milliseconds, 39, 41);
        }

        foreach ((int index, AccessUnit unit) in rig.Units.Index().Skip(25 * 60))
        {
            double error = (unit.Capture - TimelineRig.Start).Seconds - (index * 0.04);
            Assert.InRange(error, 0.0095, 0.0115);
        }
    }

    [Fact]
    public void A_burst_at_the_start_does_not_put_captures_late_for_long()
    {
        TimelineRig rig = new();
        rig.Timeline.OnFormat(0, TimelineRig.Video());
        for (int index = 0; index < 25 * 20; index++)
        {
            // Two seconds had been kept back and come at once.
            rig.Push(0, index * 3600, Math.Max(2.0, index * 0.04) + 0.005);
        }

        Assert.InRange((rig.Units[^1].Capture - TimelineRig.Start).Seconds - (499 * 0.04), 0.004, 0.010);
        AssertRising(rig.Track(0));
    }

    [Fact]
    public void Captures_rise_with_presentation_times_in_every_order_of_pictures_and_arrival()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            Random random = new(seed);
            TimelineRig rig = new();
            rig.Timeline.OnFormat(0, TimelineRig.Video(depth: 2));
            rig.Timeline.OnFormat(1, TimelineRig.Audio());
            double arrival = 5;
            for (int group = 0; group < 200; group++)
            {
                arrival = random.Next(10) == 0 ? arrival + random.NextDouble() : Math.Max(arrival, group * 0.16);
                foreach ((int picture, int shown) in new[] { 4, 2, 1, 3 }.Index())
                {
                    long first = 100_000 + (group * 4 * 3600L);
                    rig.Push(0, first + (picture * 3600L), arrival, first + (shown * 3600L) + 3600);
                }

                for (int frame = 0; frame < 7; frame++)
                {
                    rig.Push(1, 100_000 + (((group * 7L) + frame) * 1920), arrival);
                }
            }

            AssertRising(rig.Track(0));
            AssertRising(rig.Track(1));
        }
    }

    [Fact]
    public void A_file_pushed_at_full_speed_has_rising_captures_and_no_drift()
    {
        TimelineRig rig = new();
        rig.Timeline.OnFormat(0, TimelineRig.Video());
        for (int index = 0; index < 25 * 600; index++)
        {
            rig.Push(0, index * 3600, index * 0.0001);
        }

        AssertRising(rig.Units);
        Assert.Null(rig.Timeline.DriftPpm);
    }

    [Fact]
    public void Tracks_of_one_clock_get_the_same_capture_for_the_same_presentation_time()
    {
        TimelineRig rig = new();
        rig.Timeline.OnFormat(0, TimelineRig.Video());
        rig.Timeline.OnFormat(1, TimelineRig.Audio());
        for (int index = 0; index < 3000; index++)
        {
            rig.Push(0, index * 3840, (index * 3840 / 90_000.0) + 0.060);
            rig.Push(1, index * 3840, (index * 3840 / 90_000.0) + 0.020);
            rig.Push(1, (index * 3840) + 1920, (index * 3840 / 90_000.0) + 0.020 + 0.0213);
        }

        UtcInstant video = rig.Track(0)[^1].Capture;
        UtcInstant audio = rig.Track(1)[^2].Capture;
        Assert.InRange((video - audio).Milliseconds, -0.5, 0.5);
    }

    [Fact]
    public void Placing_a_unit_allocates_nothing()
    {
        NullSink sink = new();
        Media.Timelines.Timeline timeline = new(sink);
        timeline.OnFormat(0, TimelineRig.Video());
        timeline.OnFormat(1, TimelineRig.Audio());
        UnitBlock block = new BlockPool().Rent(1);
        Run(0, 1000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(1000, 100_000);

        // The runtime may itself allocate a little on this thread when it compiles the loop anew: far less than a byte a unit.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8192);
        Assert.Equal(200_000, sink.Count);

        void Run(int from, int to)
        {
            for (int index = from; index < to; index++)
            {
                for (int track = 0; track < 2; track++)
                {
                    MediaTime time = new((index * 1920L) & 0x1_ffff_ffff);
                    timeline.OnUnit(
                        new AccessUnit
                        {
                            Block = block,
                            Offset = 0,
                            Length = 1,
                            Track = track,
                            DecodeTime = time,
                            PresentationTime = time,
                            Arrival = TimelineRig.Start + MediaSpan.FromMilliseconds(index * 21),
                            Capture = UtcInstant.Unknown,
                        }
                    );
                }
            }
        }
    }

    private static void AssertRising(IReadOnlyList<AccessUnit> units)
    {
        AccessUnit[] shown = [.. units.OrderBy(unit => unit.PresentationTime)];
        foreach ((AccessUnit earlier, AccessUnit later) in shown.Zip(shown.Skip(1)))
        {
            Assert.True(later.Capture > earlier.Capture, $"Capture does not rise at {later.PresentationTime}.");
        }
    }

    private sealed class NullSink : IAccessUnitSink
    {
        public int Count { get; private set; }

        public void OnFormat(int track, Media.Formats.TrackFormat format) { }

        public void OnUnit(in AccessUnit unit) => Count++;

        public void OnFault(in StreamFault fault) { }
    }
}
