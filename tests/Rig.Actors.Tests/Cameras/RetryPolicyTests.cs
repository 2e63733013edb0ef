using Rig.Actors.Cameras;
using Rig.Actors.Settings;

namespace Rig.Actors.Tests.Cameras;

public sealed class RetryPolicyTests
{
    private static readonly IngestSettings Settings = new();

    [Fact]
    public void Delays_double_from_one_second_until_the_breaker_opens()
    {
        RetryPolicy policy = new(Settings, () => 0.5);
        Assert.Equal([1, 2, 4, 8], Enumerable.Range(0, 4).Select(_ => policy.Failed().TotalSeconds));
        Assert.False(policy.IsOpen);
        Assert.Equal(60, policy.Failed().TotalSeconds);
        Assert.True(policy.IsOpen);
    }

    [Fact]
    public void A_picture_closes_the_breaker_and_starts_over()
    {
        RetryPolicy policy = new(Settings, () => 0.5);
        for (int failure = 0; failure < 9; failure++)
        {
            policy.Failed();
        }

        policy.Succeeded();
        Assert.False(policy.IsOpen);
        Assert.Equal(1, policy.Failed().TotalSeconds);
    }

    [Theory]
    [InlineData(0.0, 0.8)]
    [InlineData(1.0, 1.2)]
    public void Jitter_moves_a_delay_by_at_most_a_fifth(double random, double seconds) =>
        Assert.Equal(seconds, new RetryPolicy(Settings, () => random).Failed().TotalSeconds, 6);

    [Fact]
    public void No_delay_exceeds_the_longest()
    {
        RetryPolicy policy = new(Settings with { BreakerFailures = 100 }, () => 0.5);
        Assert.All(Enumerable.Range(0, 50), _ => Assert.InRange(policy.Failed(), Settings.RetryMin, Settings.RetryMax));
    }
}
