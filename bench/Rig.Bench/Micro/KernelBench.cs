using System.Globalization;
using System.Threading.Channels;
using Akka.Actor;

namespace Rig.Bench.Micro;

/// <summary>The actor kernel against <see cref="Channel{T}"/> with a loop that reads it: the least that does the same work.</summary>
internal static class KernelBench
{
    private const int Messages = 2_000_000;
    private const int Questions = 100_000;
    private const int Actors = 20_000;
    private const int IdleActors = 100_000;
    private const int Receivers = 8;

    public static async Task RunAsync(int rounds, CancellationToken cancel)
    {
        using var system = ActorSystem.Create("bench");
        Tell(system).Print(rounds, cancel);
        Fan(system).Print(rounds, cancel);
        Ask(system).Print(rounds, cancel);
        Create(system).Print(rounds, cancel);
        PrintIdle(system);
        await system.Terminate();
    }

    private static Comparison Tell(ActorSystem system)
    {
        Comparison comparison = new("a message, one pair");
        comparison.Add("Channel<T>", () => ThroughChannels(1));
        comparison.Add("Tell", () => ThroughActors(system, 1));
        return comparison;
    }

    private static Comparison Fan(ActorSystem system)
    {
        Comparison comparison = new($"a message, 1:{Receivers}");
        comparison.Add("Channel<T>", () => ThroughChannels(Receivers));
        comparison.Add("Tell", () => ThroughActors(system, Receivers));
        return comparison;
    }

    private static Comparison Ask(ActorSystem system)
    {
        Comparison comparison = new("a question and its answer");
        IActorRef echo = system.ActorOf(Props.Create(() => new Echo()));
        comparison.Add(
            "Channel<T> and TaskCompletionSource",
            () => Comparison.ByWall(Questions, () => AskChannelAsync().GetAwaiter().GetResult())
        );
        comparison.Add("Ask", () => Comparison.ByWall(Questions, () => AskActorAsync(echo).GetAwaiter().GetResult()));
        return comparison;
    }

    private static Comparison Create(ActorSystem system)
    {
        Comparison comparison = new("creation up to the first message handled");
        comparison.Add("Channel<T> and task", () => Comparison.ByWall(Actors, () => MakeChannels(Actors)));
        comparison.Add("ActorOf", () => Comparison.ByWall(Actors, () => Stop(system, MakeActors(system, Actors))));
        return comparison;
    }

    private static Comparison.Run ThroughChannels(int receivers) =>
        Comparison.ByWall(
            Messages,
            () =>
            {
                Channel<object>[] channels = [.. Enumerable.Range(0, receivers).Select(_ => NewChannel<object>())];
                Task[] readers = [.. channels.Select(channel => CountAsync(channel.Reader, Messages / receivers))];
                object message = new();
                for (int i = 0; i < Messages; i++)
                {
                    channels[i % receivers].Writer.TryWrite(message);
                }

                Task.WaitAll(readers);
            }
        );

    private static Comparison.Run ThroughActors(ActorSystem system, int receivers)
    {
        using CountdownEvent done = new(receivers);
        IActorRef[] actors =
        [
            .. Enumerable.Range(0, receivers).Select(_ => system.ActorOf(Props.Create(() => new Counter(Messages / receivers, done)))),
        ];
        object message = new();
        Comparison.Run run = Comparison.ByWall(
            Messages,
            () =>
            {
                for (int i = 0; i < Messages; i++)
                {
                    actors[i % receivers].Tell(message, ActorRefs.NoSender);
                }

                done.Wait();
            }
        );
        Stop(system, actors);
        return run;
    }

    private static async Task CountAsync(ChannelReader<object> reader, int messages)
    {
        await Task.Yield();
        int seen = 0;
        while (seen < messages && await reader.WaitToReadAsync())
        {
            while (reader.TryRead(out _))
            {
                seen++;
            }
        }
    }

    private static async Task AskChannelAsync()
    {
        Channel<TaskCompletionSource<object>> questions = NewChannel<TaskCompletionSource<object>>();
        Task answering = Task.Run(async () =>
        {
            await foreach (TaskCompletionSource<object> question in questions.Reader.ReadAllAsync())
            {
                question.SetResult(question);
            }
        });
        for (int i = 0; i < Questions; i++)
        {
            TaskCompletionSource<object> question = new(TaskCreationOptions.RunContinuationsAsynchronously);
            questions.Writer.TryWrite(question);
            await question.Task;
        }

        questions.Writer.Complete();
        await answering;
    }

    private static async Task AskActorAsync(IActorRef echo)
    {
        object question = new();
        for (int i = 0; i < Questions; i++)
        {
            await echo.Ask<object>(question);
        }
    }

    private static Channel<object>[] MakeChannels(int count)
    {
        using CountdownEvent ready = new(count);
        var channels = new Channel<object>[count];
        for (int i = 0; i < count; i++)
        {
            Channel<object> channel = channels[i] = NewChannel<object>();
            _ = SignalAsync(channel.Reader, ready);
            channel.Writer.TryWrite(channel);
        }

        ready.Wait();
        return channels;
    }

    private static async Task SignalAsync(ChannelReader<object> reader, CountdownEvent ready)
    {
        while (await reader.WaitToReadAsync())
        {
            while (reader.TryRead(out _))
            {
                ready.Signal();
            }
        }
    }

    private static IActorRef[] MakeActors(ActorSystem system, int count)
    {
        using CountdownEvent ready = new(count);
        var actors = new IActorRef[count];
        Props props = Props.Create(() => new Counter(1, ready));
        for (int i = 0; i < count; i++)
        {
            actors[i] = system.ActorOf(props);
            actors[i].Tell(ready, ActorRefs.NoSender);
        }

        ready.Wait();
        return actors;
    }

    private static void Stop(ActorSystem system, IActorRef[] actors)
    {
        foreach (IActorRef actor in actors)
        {
            system.Stop(actor);
        }
    }

    private static void PrintIdle(ActorSystem system)
    {
        double channels = BytesOf(() => MakeChannels(IdleActors));
        double actors = BytesOf(() => MakeActors(system, IdleActors));
        Console.WriteLine("| idle, of 100,000 | bytes each | ratio |");
        Console.WriteLine("| --- | --- | --- |");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| Channel<T> and task | {channels:0} | 1.00 |"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| actor | {actors:0} | {actors / channels:0.00} |"));
        Console.WriteLine();
    }

    private static double BytesOf(Func<object> make)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        object made = make();
        long after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(made);
        return (double)(after - before) / IdleActors;
    }

    private static Channel<T> NewChannel<T>() => Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true });

    private sealed class Counter(int messages, CountdownEvent done) : UntypedActor
    {
        private int _seen;

        protected override void OnReceive(object message)
        {
            if (++_seen == messages)
            {
                done.Signal();
            }
        }
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }
}
