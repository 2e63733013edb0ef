using System.Net;
using Microsoft.AspNetCore.Http;
using Rig.Node.Rights;

namespace Rig.Node.Tests.Rights;

/// <summary>Who is wrong waits, longer each time, and nobody else does for long.</summary>
public sealed class LoginThrottleTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void Three_attempts_are_free_then_the_wait_doubles_to_its_bound()
    {
        LoginThrottle throttle = new(_clock);
        string address = Address("10.0.0.7");
        double[] waits = [.. Enumerable.Range(0, 10).Select(_ => Fail(throttle, address))];
        Assert.Equal([0, 0, 0, 1, 2, 4, 8, 16, 30, 30], waits);
        Assert.Null(throttle.Wait(Address("10.0.0.8")));
        throttle.Succeeded(address);
        Assert.Null(throttle.Wait(address));
    }

    [Fact]
    public void Ten_minutes_without_a_wrong_attempt_forget_all()
    {
        LoginThrottle throttle = new(_clock);
        string user = LoginThrottle.OfUser("kim");
        Assert.Equal([0, 0, 0, 1, 2, 4, 5, 5], Enumerable.Range(0, 8).Select(_ => Fail(throttle, user)));
        _clock.Now += TimeSpan.FromMinutes(11);
        Assert.Equal(0, Fail(throttle, user));
    }

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::2", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData("::ffff:10.0.0.7", "10.0.0.7", true)]
    public void Addresses_of_one_network_customer_are_one(string one, string other, bool same) =>
        Assert.Equal(same, Address(one) == Address(other));

    [Fact]
    public void Memory_is_bounded_however_many_come()
    {
        LoginThrottle throttle = new(_clock);
        string old = LoginThrottle.OfUser("old");
        Fail(throttle, old);
        Fail(throttle, old);
        Fail(throttle, old);
        for (int i = 0; i < 5000; i++)
        {
            _clock.Now += TimeSpan.FromMilliseconds(1);
            throttle.Failed(LoginThrottle.OfUser($"{i}"));
        }

        // Forgotten, not refused: the fourth is free again.
        Assert.Equal(0, Fail(throttle, old));
        Assert.Equal(5004, throttle.Failures);
    }

    private double Fail(LoginThrottle throttle, string key)
    {
        throttle.Failed(key);
        double wait = throttle.Wait(key)?.TotalSeconds ?? 0;
        _clock.Now += TimeSpan.FromSeconds(wait);
        return wait;
    }

    private static string Address(string text)
    {
        DefaultHttpContext http = new();
        http.Connection.RemoteIpAddress = IPAddress.Parse(text);
        return LoginThrottle.OfAddress(http);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
