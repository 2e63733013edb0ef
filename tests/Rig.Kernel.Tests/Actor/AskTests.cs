using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Event;

namespace Rig.Kernel.Tests.Actor;

public sealed class AskTests : KernelTest
{
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(20);

    private int Temporary => ((ActorSystemImpl)Sys).TemporaryActors;

    [Fact]
    public async Task The_first_answer_completes_the_task()
    {
        var echo = Sys.ActorOf(Props.Create<Doer>());
        Assert.Equal("hello", await echo.Ask<string>("hello"));
        Assert.Equal(0, Temporary);
    }

    [Fact]
    public async Task A_question_that_times_out_leaves_nothing_behind()
    {
        var silent = CreateTestProbe();
        await Assert.ThrowsAsync<AskTimeoutException>(() => silent.Ref.Ask<string>("hello", s_soon));
        Assert.Equal(0, Temporary);
    }

    [Fact]
    public async Task A_question_that_is_cancelled_leaves_nothing_behind()
    {
        using var cancel = new CancellationTokenSource();
        var silent = CreateTestProbe();
        var answer = silent.Ref.Ask<string>("hello", cancel.Token);
        await silent.ExpectMsgAsync("hello");
        Assert.Equal(1, Temporary);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Equal(0, Temporary);
    }

    [Fact]
    public async Task A_question_that_is_cancelled_before_it_is_asked_is_not_sent()
    {
        var silent = CreateTestProbe();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            silent.Ref.Ask<string>("hello", new CancellationToken(canceled: true))
        );
        await silent.ExpectNoMsgAsync(TimeSpan.Zero);
        Assert.Equal(0, Temporary);
    }

    [Fact]
    public async Task An_answer_that_comes_too_late_is_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var late = CreateTestProbe();
        await Assert.ThrowsAsync<AskTimeoutException>(() => late.Ref.Ask<string>("hello", s_soon));
        await late.ExpectMsgAsync("hello");
        late.Reply("sorry");
        Assert.Equal("sorry", (await ExpectMsgAsync<DeadLetter>()).Message);
    }

    [Fact]
    public async Task A_failure_as_answer_throws_its_cause()
    {
        var failing = Sys.ActorOf(Props.Create<Doer>());
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            failing.Ask<string>(new Status.Failure(new InvalidOperationException("no")))
        );
        Assert.Equal("no", thrown.Message);
    }

    [Fact]
    public async Task An_answer_of_another_type_throws()
    {
        var echo = Sys.ActorOf(Props.Create<Doer>());
        await Assert.ThrowsAsync<ArgumentException>(() => echo.Ask<int>("not a number"));
        Assert.Equal(0, Temporary);
    }

    [Fact]
    public async Task A_piped_task_arrives_as_its_result_or_as_a_failure()
    {
        _ = Task.FromResult("result").PipeTo(TestActor);
        await ExpectMsgAsync("result");
        _ = Task.FromException<string>(new InvalidOperationException("no")).PipeTo(TestActor);
        Assert.Equal("no", (await ExpectMsgAsync<Status.Failure>()).Cause.Message);
        _ = Task.CompletedTask.PipeTo(TestActor, success: static () => "done");
        await ExpectMsgAsync("done");
    }

    [Fact]
    public async Task A_graceful_stop_ends_when_the_actor_has()
    {
        var actor = Sys.ActorOf(Props.Create<Doer>());
        Assert.True(await actor.GracefulStop(TimeSpan.FromSeconds(10)));
        Assert.True(await actor.GracefulStop(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_graceful_stop_of_an_actor_that_does_not_stop_is_cancelled()
    {
        var actor = Sys.ActorOf(Props.Create<Doer>());
        await Assert.ThrowsAsync<TaskCanceledException>(() => actor.GracefulStop(s_soon, "not a stop message"));
    }

    [Fact]
    public async Task Watching_from_outside_ends_with_the_actor()
    {
        var actor = Sys.ActorOf(Props.Create<Doer>());
        var gone = actor.WatchAsync();
        Sys.Stop(actor);
        Assert.True(await gone);
    }
}
