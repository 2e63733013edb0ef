using Akka.Actor;
using Rig.Actors.Coordination;
using Rig.Cluster;

namespace Rig.Actors.Cluster;

/// <summary>The shared state's session documents as they are now: the beginning of a watch, or of what follows a break in it.</summary>
public sealed record DocumentsListed(IReadOnlyList<SharedDocument> Documents);

/// <summary>One document was written.</summary>
public sealed record DocumentWritten(SharedDocument Document);

/// <summary>The watch has broken off; its owner begins another when it likes.</summary>
public sealed record WatchEnded(string Reason);

/// <summary>
/// Tells an actor of every session document, from a list on, in order and none left out. Knows no timers: when the shared state goes away it ends with
/// <see cref="WatchEnded"/>, and when to try again is the owner's business.
/// </summary>
public sealed class DocumentWatch : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    private DocumentWatch(ISharedState state, IActorRef owner) => _ = RunAsync(state, owner, _stop.Token);

    /// <summary>Begins; the owner hears nothing more after <see cref="Dispose"/> but what is already in its mailbox.</summary>
    public static DocumentWatch Begin(ISharedState state, IActorRef owner) => new(state, owner);

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private static async Task RunAsync(ISharedState state, IActorRef owner, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                await ListAndWatchAsync(state, owner, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The owner does not listen any more.
        }
        catch (Exception broken)
        {
            owner.Tell(new WatchEnded(broken.Message), ActorRefs.NoSender);
        }
    }

    private static async Task ListAndWatchAsync(ISharedState state, IActorRef owner, CancellationToken cancel)
    {
        StateSnapshot all = await state.ListAsync(SharedKeys.Sessions, cancel);
        owner.Tell(new DocumentsListed([.. all.Entries.Select(SharedDocuments.Read).OfType<SharedDocument>()]), ActorRefs.NoSender);
        try
        {
            await foreach (StateEntry entry in state.WatchAsync(SharedKeys.Sessions, all.Revision, cancel))
            {
                if (SharedDocuments.Read(entry) is { } document)
                {
                    owner.Tell(new DocumentWritten(document), ActorRefs.NoSender);
                }
            }

            throw new ClusterAwayException("The watch of the shared state has ended.");
        }
        catch (RevisionCompactedException)
        {
            // What happened in between is in the next list.
        }
    }
}
