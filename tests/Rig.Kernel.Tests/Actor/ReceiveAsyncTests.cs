using Akka.Actor;

namespace Rig.Kernel.Tests.Actor;

public sealed class ReceiveAsyncTests : KernelTest
{
    private readonly int[] _instances = new int[1];

    [Fact]
    public async Task An_actor_in_an_asynchronous_handler_takes_no_other_message()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Sys.ActorOf(Props.Create(() => new Waiter(gate.Task, _instances)));
        actor.Tell("wait");
        actor.Tell(1);
        await ExpectMsgAsync("before");
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
        gate.SetResult();
        await ExpectMsgAsync("after");
        await ExpectMsgAsync(1);
    }

    [Fact]
    public async Task Sender_Self_and_Context_are_the_same_after_an_await()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Sys.ActorOf(Props.Create(() => new Waiter(gate.Task, _instances)), "waiter");
        var probe = CreateTestProbe();
        probe.Send(actor, "who");
        gate.SetResult();
        Assert.Equal((probe.Ref, actor, actor), await probe.ExpectMsgAsync<(IActorRef, IActorRef, IActorRef)>());
    }

    [Fact]
    public async Task An_exception_after_an_await_goes_to_supervision()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Sys.ActorOf(Props.Create(() => new Waiter(gate.Task, _instances)));
        actor.Tell("fail");
        actor.Tell("instance");
        await EventFilter
            .Exception<InvalidOperationException>("late failure")
            .ExpectOneAsync(() =>
            {
                gate.SetResult();
                return Task.CompletedTask;
            });
        await ExpectMsgAsync(2);
    }

    [Fact]
    public async Task An_exception_before_the_first_await_goes_to_supervision()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Waiter(Task.CompletedTask, _instances)));
        await EventFilter
            .Exception<InvalidOperationException>("early failure")
            .ExpectOneAsync(() =>
            {
                actor.Tell("fail early");
                return Task.CompletedTask;
            });
        actor.Tell("instance");
        await ExpectMsgAsync(2);
    }

    [Fact]
    public async Task System_messages_are_taken_during_an_asynchronous_handler()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Sys.ActorOf(Props.Create(() => new Waiter(gate.Task, _instances)));
        Watch(actor);
        actor.Tell("wait");
        await ExpectMsgAsync("before");
        Sys.Stop(actor);
        await ExpectTerminatedAsync(actor);
    }

    [Fact]
    public async Task A_handler_whose_actor_has_stopped_still_releases_what_it_holds()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Sys.ActorOf(Props.Create(() => new Holder(gate.Task, released)));
        Watch(actor);
        actor.Tell("hold");
        await ExpectMsgAsync("held");
        Sys.Stop(actor);
        await ExpectTerminatedAsync(actor);
        gate.SetResult();
        await released.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Many_awaits_of_many_messages_never_overlap()
    {
        var actor = Sys.ActorOf(Props.Create<Yielder>());
        for (var i = 0; i < 200; i++)
        {
            actor.Tell(10);
        }
        actor.Tell("overlaps");
        await ExpectMsgAsync((0, 200));
    }

    private sealed class Waiter : ReceiveActor
    {
        private readonly int _instance;

        public Waiter(Task gate, int[] instances)
        {
            _instance = ++instances[0];
            ReceiveAsync<string>(
                async _ =>
                {
                    Sender.Tell("before");
                    await gate;
                    Sender.Tell("after");
                },
                static text => text == "wait"
            );
            ReceiveAsync<string>(
                static text => text == "who",
                async _ =>
                {
                    await gate;
                    Sender.Tell((Sender, Self, Context.Self));
                }
            );
            ReceiveAsync<string>(
                static text => text == "fail",
                async _ =>
                {
                    await gate;
                    throw new InvalidOperationException("late failure");
                }
            );
            ReceiveAsync<string>(static text => text == "fail early", static _ => throw new InvalidOperationException("early failure"));
            Receive<string>(static text => text == "instance", _ => Sender.Tell(_instance));
            ReceiveAny(message => Sender.Tell(message));
        }
    }

    private sealed class Holder : ReceiveActor
    {
        public Holder(Task gate, TaskCompletionSource released) =>
            ReceiveAnyAsync(async _ =>
            {
                try
                {
                    Sender.Tell("held");
                    await gate;
                }
                finally
                {
                    released.SetResult();
                }
            });
    }

    private sealed class Yielder : ReceiveActor
    {
        private bool _inside;
        private int _overlaps;
        private int _done;

        public Yielder()
        {
            ReceiveAsync<int>(async times =>
            {
                _overlaps += _inside ? 1 : 0;
                _inside = true;
                for (var i = 0; i < times; i++)
                {
                    await Task.Yield();
                }
                _inside = false;
                _done++;
            });
            Receive<string>(_ => Sender.Tell((_overlaps, _done)));
        }
    }
}
