using Rig.Streams.Clocks;
using Rig.Streams.Tests.Sources;

namespace Rig.Streams.Tests.Clocks;

public sealed class SteadyTimeTests
{
    private readonly SteppingTime _system = new();
    private readonly SteadyTime _time;

    public SteadyTimeTests() => _time = new SteadyTime(_system);

    [Theory]
    [InlineData(10)]
    [InlineData(-10)]
    [InlineData(0.05)]
    [InlineData(-3600)]
    public void A_step_does_not_reach_what_holds_the_time_and_does_when_it_lets_go(double seconds)
    {
        TimeSpan step = TimeSpan.FromSeconds(seconds);
        DateTimeOffset begun = _time.GetUtcNow();
        using (SteadyTime.Hold(_time))
        {
            Pass(1);
            _time.GetUtcNow();
            _system.Step(step);
            _time.GetUtcNow();
            Pass(1);
            Assert.Equal(begun.AddSeconds(2), _time.GetUtcNow());
            Assert.Equal((1, step, step, TimeSpan.Zero), (_time.Steps.Count, _time.Steps.Last, _time.Steps.Held, _time.Steps.Shifted));
        }

        Pass(1);
        Assert.Equal(begun.AddSeconds(3) + step, _time.GetUtcNow());
        Assert.Equal((1, TimeSpan.Zero, step), (_time.Steps.Count, _time.Steps.Held, _time.Steps.Shifted));
    }

    [Fact]
    public void Nobody_holds_it_and_a_step_passes_at_once()
    {
        DateTimeOffset begun = _time.GetUtcNow();
        _system.Step(TimeSpan.FromHours(5));
        Assert.Equal(begun.AddHours(5), _time.GetUtcNow());
        Assert.Equal(TimeSpan.FromHours(5), _time.Steps.Shifted);
        Assert.Equal(begun.AddHours(5), _time.Steps.ShiftedAt.ToDateTimeOffset());
    }

    [Fact]
    public void The_last_of_several_holders_lets_go()
    {
        DateTimeOffset begun = _time.GetUtcNow();
        IDisposable first = SteadyTime.Hold(_time)!;
        IDisposable second = SteadyTime.Hold(_time)!;
        _system.Step(TimeSpan.FromSeconds(10));
        first.Dispose();
        first.Dispose();
        Assert.Equal(begun, _time.GetUtcNow());
        second.Dispose();
        Assert.Equal(begun.AddSeconds(10), _time.GetUtcNow());
    }

    [Fact]
    public void Steps_to_and_fro_add_up()
    {
        DateTimeOffset begun = _time.GetUtcNow();
        using IDisposable? hold = SteadyTime.Hold(_time);
        _system.Step(TimeSpan.FromSeconds(10));
        Assert.Equal(begun, _time.GetUtcNow());
        _system.Step(TimeSpan.FromSeconds(-10));
        Assert.Equal(begun, _time.GetUtcNow());
        Assert.Equal((2, TimeSpan.Zero), (_time.Steps.Count, _time.Steps.Held));
    }

    [Theory]
    [InlineData(0.033, 80_000)]
    [InlineData(1, -80_000)]
    [InlineData(60, 500)]
    public void Slewing_at_chronys_fastest_is_no_step_and_is_followed(double seconds, double ppm)
    {
        using IDisposable? hold = SteadyTime.Hold(_time);
        for (int look = 0; look < 100; look++)
        {
            Pass(seconds);
            _system.Step(TimeSpan.FromSeconds(seconds * ppm / 1e6));
            Assert.Equal(_system.GetUtcNow(), _time.GetUtcNow());
        }

        Assert.Equal(0, _time.Steps.Count);
    }

    [Fact]
    public void Another_provider_has_nothing_to_hold() => Assert.Null(SteadyTime.Hold(TimeProvider.System));

    private void Pass(double seconds) => _system.Pass(TimeSpan.FromSeconds(seconds));

    /// <summary>A wall clock that can be set beside a monotonic one.</summary>
    private sealed class SteppingTime : TimeProvider
    {
        private readonly ManualTime _monotonic = new();
        private TimeSpan _set;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _monotonic.GetUtcNow() + _set;

        public override long GetTimestamp() => _monotonic.GetTimestamp();

        public void Pass(TimeSpan span) => _monotonic.Advance(span);

        public void Step(TimeSpan by) => _set += by;
    }
}
