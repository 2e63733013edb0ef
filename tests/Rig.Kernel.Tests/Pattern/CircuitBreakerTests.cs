using Akka.Pattern;

namespace Rig.Kernel.Tests.Pattern;

public sealed class CircuitBreakerTests : VirtualTimeTest
{
    private static readonly TimeSpan s_call = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_reset = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task It_opens_after_so_many_failures_in_a_row_and_refuses_calls()
    {
        var breaker = Breaker(2);
        await Fail(breaker);
        await Succeed(breaker);
        await Fail(breaker);
        Assert.True(breaker.IsClosed);
        await Fail(breaker);
        Assert.True(breaker.IsOpen);
        var refused = await Assert.ThrowsAsync<OpenCircuitException>(() => Succeed(breaker));
        Assert.Equal(s_reset, refused.RemainingDuration);
    }

    [Fact]
    public async Task It_is_half_open_after_the_reset_timeout_and_closes_with_a_success()
    {
        var breaker = Breaker(1);
        await Fail(breaker);
        Advance(s_reset - TimeSpan.FromTicks(1));
        Assert.True(breaker.IsOpen);
        Advance(TimeSpan.FromTicks(1));
        Assert.True(breaker.IsHalfOpen);
        await Succeed(breaker);
        Assert.True(breaker.IsClosed);
    }

    [Fact]
    public async Task Half_open_it_lets_one_call_through_whose_failure_opens_it_again()
    {
        var breaker = Breaker(1);
        await Fail(breaker);
        Advance(s_reset);
        var gate = new TaskCompletionSource();
        var probing = breaker.WithCircuitBreaker(() => gate.Task);
        await Assert.ThrowsAsync<OpenCircuitException>(() => Succeed(breaker));
        gate.SetException(new InvalidOperationException("no"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => probing);
        Assert.True(breaker.IsOpen);
    }

    [Fact]
    public async Task The_time_open_grows_up_to_its_most()
    {
        var breaker = Breaker(1).WithExponentialBackoff(s_reset * 3);
        await Fail(breaker);
        foreach (var factor in (int[])[1, 2, 3, 3])
        {
            Advance(s_reset * factor - TimeSpan.FromTicks(1));
            Assert.True(breaker.IsOpen);
            Advance(TimeSpan.FromTicks(1));
            Assert.True(breaker.IsHalfOpen);
            await Fail(breaker);
        }
    }

    [Fact]
    public async Task A_call_that_takes_too_long_has_failed()
    {
        var breaker = Breaker(1);
        var call = breaker.WithCircuitBreaker(static () => new TaskCompletionSource<int>().Task);
        Advance(s_call);
        await Assert.ThrowsAsync<TimeoutException>(() => call);
        Assert.True(breaker.IsOpen);
    }

    [Fact]
    public void Calls_in_the_callers_thread_count_too()
    {
        var breaker = Breaker(1);
        Assert.Equal(3, breaker.WithSyncCircuitBreaker(static () => 3));
        Assert.Throws<InvalidOperationException>(() =>
            breaker.WithSyncCircuitBreaker(static () => throw new InvalidOperationException("no"))
        );
        Assert.Throws<OpenCircuitException>(() => breaker.WithSyncCircuitBreaker(static () => { }));
    }

    [Fact]
    public void Every_change_of_state_is_told()
    {
        var told = new List<string>();
        var breaker = Breaker(1).OnOpen(() => told.Add("open")).OnHalfOpen(() => told.Add("half open")).OnClose(() => told.Add("closed"));
        breaker.Fail();
        Advance(s_reset);
        breaker.Succeed();
        Assert.Equal(["open", "half open", "closed"], told);
    }

    private CircuitBreaker Breaker(int maxFailures) => CircuitBreaker.Create(Sys.Scheduler, maxFailures, s_call, s_reset);

    private static Task Succeed(CircuitBreaker breaker) => breaker.WithCircuitBreaker(static () => Task.FromResult(1));

    private static Task Fail(CircuitBreaker breaker) =>
        Assert.ThrowsAsync<InvalidOperationException>(() =>
            breaker.WithCircuitBreaker(static () => Task.FromException<int>(new InvalidOperationException("no")))
        );
}
