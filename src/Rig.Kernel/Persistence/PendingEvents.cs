using Akka.Actor;
using Rig.Kernel.Storage;

namespace Akka.Persistence;

/// <summary>One entry on its way to the journal, with the sender whom its handler shall see.</summary>
internal abstract record BatchEntry(IActorRef Sender)
{
    /// <summary>Events of one Persist or PersistAll.</summary>
    public sealed record Events(AtomicEvents Write, IActorRef Sender) : BatchEntry(Sender);

    /// <summary>Not written at all; only keeps its place among the events.</summary>
    public sealed record Deferred(object Event, IActorRef Sender) : BatchEntry(Sender);
}

/// <summary>
/// Events that an actor has asked to persist: the handlers that still wait, in order, and the entries not yet given to the journal.
/// One batch is with the journal at a time; what comes meanwhile makes the next one.
/// </summary>
internal sealed class PendingEvents
{
    private readonly Queue<(Action<object> Handler, bool HoldsCommands)> _handlers = new();
    private List<BatchEntry> _batch = [];
    private int _holding;

    /// <summary>True while a handler of Persist or PersistAll waits, which must run before the next command.</summary>
    public bool HoldsCommands => _holding > 0;

    public bool IsEmpty => _handlers.Count == 0;

    /// <summary>True while a batch is with the journal.</summary>
    public bool IsWriting { get; set; }

    public void AddHandler(Action<object> handler, bool holdsCommands)
    {
        _handlers.Enqueue((handler, holdsCommands));
        _holding += holdsCommands ? 1 : 0;
    }

    public void Add(BatchEntry entry) => _batch.Add(entry);

    /// <summary>The handler that waits longest; it counts as waiting until <see cref="RemoveOldest"/>, also while it runs.</summary>
    public Action<object> Oldest => _handlers.Peek().Handler;

    public void RemoveOldest() => _holding -= _handlers.Dequeue().HoldsCommands ? 1 : 0;

    /// <summary>Takes the next batch, or null when there is none or one is under way.</summary>
    public IReadOnlyList<BatchEntry>? TakeBatch()
    {
        if (IsWriting || _batch.Count == 0)
        {
            return null;
        }

        IsWriting = true;
        var batch = _batch;
        _batch = [];
        return batch;
    }
}
