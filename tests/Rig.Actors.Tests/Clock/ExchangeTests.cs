using Rig.Actors.Clock;
using Rig.Contracts.Cluster;

namespace Rig.Actors.Tests.Clock;

/// <summary>The measurement of two clocks by four time stamps, on a network made up by the test.</summary>
public sealed class ExchangeTests
{
    private static readonly DateTimeOffset Sent = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(7, 1, 1, 0.2, 7, 2)]
    [InlineData(-7, 3, 1, 0.2, -8, 4)]
    [InlineData(0, 1, 9, 5, 4, 10)]
    [InlineData(86_400_000, 1, 1, 0, 86_400_000, 2)]
    public void An_exchange_finds_the_offset_but_for_half_of_what_the_ways_differ(
        double ahead,
        double there,
        double back,
        double work,
        double found,
        double roundTrip
    )
    {
        TimeSample sample = Assert.NotNull(Exchange(Ms(ahead), Ms(there), Ms(back), Ms(work), TimeSpan.Zero));
        Assert.Equal((found, roundTrip), (sample.Offset.TotalMilliseconds, sample.RoundTrip.TotalMilliseconds));
        Assert.True((sample.Offset - Ms(ahead)).Duration() <= sample.RoundTrip / 2);
    }

    [Fact]
    public void Answers_that_contradict_themselves_or_the_clock_are_none()
    {
        TimeSpan rtt = Ms(2);
        Assert.Null(TimeSample.Of(Sent, new TimeAnswer(Sent.AddTicks(1), Sent, Sent), rtt, TimeSpan.Zero));
        Assert.Null(TimeSample.Of(Sent, new TimeAnswer(Sent, Sent.AddSeconds(1), Sent), rtt, TimeSpan.Zero));
        Assert.Null(TimeSample.Of(Sent, new TimeAnswer(Sent, Sent, Sent.AddSeconds(1)), rtt, TimeSpan.Zero));
        Assert.Null(TimeSample.Of(Sent, new TimeAnswer(Sent, Sent, Sent), TimeSpan.FromSeconds(2), TimeSpan.Zero));
        Assert.Null(TimeSample.Of(Sent, new TimeAnswer(Sent, DateTimeOffset.MinValue, DateTimeOffset.MinValue), rtt, TimeSpan.Zero));
        Assert.Null(TimeSample.Of(Sent, new TimeAnswer(Sent, DateTimeOffset.MinValue, DateTimeOffset.MaxValue), rtt, TimeSpan.Zero));
    }

    [Fact]
    public void The_truth_lies_within_the_uncertainty_whatever_the_network_does()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            Random random = new(seed);
            ExchangeFilter filter = new();
            double ppm = (random.NextDouble() * 180) - 90;
            double start = (random.NextDouble() * 200) - 100;
            TimeSpan now = TimeSpan.Zero;
            for (int round = 0; round < 60; round++)
            {
                now += TimeSpan.FromSeconds(5);
                filter.Add([.. Enumerable.Range(0, 4).Select(_ => Wifi(random, Truth(now), now)).OfType<TimeSample>()]);
                (TimeSpan offset, TimeSpan uncertainty) = Assert.NotNull(filter.Best(now));
                Assert.True((offset - Truth(now)).Duration() <= uncertainty + TimeSpan.FromTicks(2), $"seed {seed}, round {round}");
            }

            Assert.InRange(Assert.NotNull(filter.DriftPpm), ppm - 10, ppm + 10);

            TimeSpan Truth(TimeSpan at) => Ms(start + (ppm * 1e-3 * at.TotalSeconds));
        }
    }

    [Fact]
    public void The_shortest_round_trip_of_the_last_rounds_decides()
    {
        ExchangeFilter filter = new();
        filter.Add([
            Exchange(Ms(3), Ms(1), Ms(1), TimeSpan.Zero, TimeSpan.Zero)!.Value,
            Exchange(Ms(3), Ms(90), Ms(2), TimeSpan.Zero, TimeSpan.Zero)!.Value,
        ]);
        (TimeSpan offset, TimeSpan uncertainty) = Assert.NotNull(filter.Best(TimeSpan.Zero));
        Assert.Equal((3, 1), (offset.TotalMilliseconds, uncertainty.TotalMilliseconds));
    }

    [Fact]
    public void Old_samples_grow_uncertain_and_are_then_forgotten()
    {
        ExchangeFilter filter = new();
        filter.Add([Exchange(Ms(3), Ms(1), Ms(1), TimeSpan.Zero, TimeSpan.Zero)!.Value]);
        Assert.Equal(1 + 6, filter.Best(TimeSpan.FromSeconds(60))!.Value.Uncertainty.TotalMilliseconds, 3);
        Assert.Null(filter.Best(TimeSpan.FromMinutes(6)));
    }

    [Fact]
    public void A_cleared_filter_knows_nothing()
    {
        ExchangeFilter filter = new();
        filter.Add([Exchange(Ms(3), Ms(1), Ms(1), TimeSpan.Zero, TimeSpan.Zero)!.Value]);
        filter.Clear();
        Assert.Null(filter.Best(TimeSpan.Zero));
    }

    private static TimeSample? Wifi(Random random, TimeSpan ahead, TimeSpan at) =>
        Exchange(ahead, Way(random), Way(random), Ms(random.NextDouble()), at);

    /// <summary>Mostly a millisecond or two, now and then a retransmission of dozens.</summary>
    private static TimeSpan Way(Random random) => Ms(0.5 + random.NextDouble() + (random.Next(5) == 0 ? random.NextDouble() * 80 : 0));

    /// <param name="ahead">By how much the asker's clock is ahead of the other's.</param>
    private static TimeSample? Exchange(TimeSpan ahead, TimeSpan there, TimeSpan back, TimeSpan work, TimeSpan at)
    {
        DateTimeOffset received = Sent - ahead + there;
        return TimeSample.Of(Sent, new TimeAnswer(Sent, received, received + work), there + work + back, at);
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromTicks((long)Math.Round(milliseconds * TimeSpan.TicksPerMillisecond));
}
