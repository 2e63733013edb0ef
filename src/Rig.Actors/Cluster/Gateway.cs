using Akka.Actor;
using Rig.Cluster;
using Rig.Contracts.Cluster;

namespace Rig.Actors.Cluster;

/// <summary>The doors for other nodes' messages: each path lets in only what belongs there, and waits for the actor's answer.</summary>
internal static class Gateway
{
    /// <summary>Longer than any honest answer takes: a stop that lies ahead. Bounds what a lost answer can hold.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public static Task<RemoteMessage?> ToSession(IActorRef session, FromNode from, CancellationToken cancel) =>
        from.Message is PrepareSession or ApplySession ? AskAsync(session, from.Message, cancel) : Refuse();

    public static Task<RemoteMessage?> ToCoordinator(IActorRef coordinator, FromNode from, CancellationToken cancel) =>
        from.Message is StartCommand or StopCommand or MarkCommand or JoinCommand or LeaveCommand or ReportWishes
            ? AskAsync(coordinator, from, cancel)
            : Refuse();

    private static async Task<RemoteMessage?> AskAsync(IActorRef actor, object message, CancellationToken cancel) =>
        await actor.Ask<RemoteMessage>(message, Longest, cancel);

    /// <summary>To an ask this is a fault on this side.</summary>
    private static Task<RemoteMessage?> Refuse() => Task.FromResult<RemoteMessage?>(null);
}
