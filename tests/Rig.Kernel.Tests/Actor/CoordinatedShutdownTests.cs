using Akka;
using Akka.Actor;

namespace Rig.Kernel.Tests.Actor;

public sealed class CoordinatedShutdownTests()
    : VirtualTimeTest(
        """
        akka.coordinated-shutdown.phases.service-stop { timeout = 3s, recover = off }
        akka.coordinated-shutdown.phases.cluster-leave.enabled = off
        """
    )
{
    private CoordinatedShutdown Phases => CoordinatedShutdown.Get(Sys);

    [Fact]
    public async Task Phases_run_in_their_order_and_end_the_system()
    {
        var order = new List<string>();
        string[] names =
        [
            CoordinatedShutdown.PhaseBeforeServiceUnbind,
            CoordinatedShutdown.PhaseServiceStop,
            CoordinatedShutdown.PhaseBeforeActorSystemTerminate,
        ];
        foreach (var phase in names.Reverse())
        {
            Phases.AddTask(phase, "note", () => Note(order, phase));
        }
        await Phases.Run(CoordinatedShutdown.ClrExitReason.Instance);
        Assert.Equal(names, order);
        Assert.True(Sys.WhenTerminated.IsCompletedSuccessfully);
        Assert.Same(CoordinatedShutdown.ClrExitReason.Instance, Phases.ShutdownReason);
    }

    [Fact]
    public async Task Terminate_runs_the_phases()
    {
        var order = new List<string>();
        Phases.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "note", () => Note(order, "unbind"));
        await Sys.Terminate();
        Assert.Equal(["unbind"], order);
        Assert.Same(CoordinatedShutdown.ActorSystemTerminateReason.Instance, Phases.ShutdownReason);
    }

    [Fact]
    public async Task A_phase_that_takes_too_long_is_passed_over()
    {
        var entered = new TaskCompletionSource();
        Phases.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "hang", () => Hang(entered));
        var run = Phases.Run(CoordinatedShutdown.UnknownReason.Instance);
        await entered.Task;
        Assert.False(run.IsCompleted);
        await PassAsync(run, Phases.Timeout(CoordinatedShutdown.PhaseBeforeServiceUnbind));
        Assert.Same(Done.Instance, await run);
    }

    [Fact]
    public async Task A_phase_that_must_not_be_passed_over_fails_the_shutdown_when_it_is_late()
    {
        var entered = new TaskCompletionSource();
        Phases.AddTask(CoordinatedShutdown.PhaseServiceStop, "hang", () => Hang(entered));
        var run = Phases.Run(CoordinatedShutdown.UnknownReason.Instance);
        await entered.Task;
        await PassAsync(run, TimeSpan.FromSeconds(3));
        await Assert.ThrowsAsync<TimeoutException>(() => run);
        Assert.False(Sys.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task A_failing_task_does_not_keep_the_others_from_running()
    {
        var order = new List<string>();
        Phases.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "fail", static () => throw new InvalidOperationException("no"));
        Phases.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "note", () => Note(order, "other"));
        await Phases.Run(CoordinatedShutdown.UnknownReason.Instance);
        Assert.Equal(["other"], order);
    }

    [Fact]
    public async Task A_phase_that_is_switched_off_is_left_out()
    {
        var order = new List<string>();
        Phases.AddTask(CoordinatedShutdown.PhaseClusterLeave, "note", () => Note(order, "leave"));
        await Phases.Run(CoordinatedShutdown.UnknownReason.Instance);
        Assert.Empty(order);
    }

    [Fact]
    public async Task A_second_call_gets_the_first_ones_task()
    {
        var first = Phases.Run(CoordinatedShutdown.UnknownReason.Instance);
        Assert.Same(first, Phases.Run(CoordinatedShutdown.ClrExitReason.Instance));
        await first;
    }

    [Fact]
    public async Task A_shutdown_can_begin_at_a_later_phase()
    {
        var order = new List<string>();
        Phases.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "note", () => Note(order, "early"));
        Phases.AddTask(CoordinatedShutdown.PhaseServiceStop, "note", () => Note(order, "late"));
        await Phases.Run(CoordinatedShutdown.UnknownReason.Instance, CoordinatedShutdown.PhaseServiceStop);
        Assert.Equal(["late"], order);
    }

    [Fact]
    public void An_unknown_phase_is_refused() =>
        Assert.Throws<ArgumentException>(() => Phases.AddTask("no-such-phase", "task", static () => Task.FromResult(Done.Instance)));

    [Fact]
    public async Task What_was_registered_runs_when_all_actors_have_stopped_the_latest_first()
    {
        var order = new List<int>();
        Sys.RegisterOnTermination(() => order.Add(1));
        Sys.RegisterOnTermination(() => order.Add(2));
        await Sys.Terminate();
        Assert.Equal([2, 1], order);
    }

    private static Task<Done> Note(List<string> order, string what)
    {
        order.Add(what);
        return Task.FromResult(Done.Instance);
    }

    private static Task<Done> Hang(TaskCompletionSource entered)
    {
        entered.SetResult();
        return new TaskCompletionSource<Done>().Task;
    }

    /// <summary>The phase's timer is set after its tasks have begun: time passes until it has been.</summary>
    private async Task PassAsync(Task run, TimeSpan timeout)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var i = 0; i < 100 && !run.IsCompleted; i++)
        {
            Advance(timeout);
            await Task.WhenAny(run, timer.WaitForNextTickAsync().AsTask());
        }
    }
}
