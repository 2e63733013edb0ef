namespace Akka.Actor.Internal;

/// <summary>The stash of one instance. Its list is made with the first message.</summary>
internal sealed class CellStash(ActorCell cell, int capacity) : IStash
{
    private LinkedList<Envelope>? _stashed;

    public int Capacity => capacity;
    public int Count => _stashed?.Count ?? 0;
    public bool IsEmpty => Count == 0;
    public bool NonEmpty => Count > 0;
    public bool IsFull => capacity >= 0 && Count >= capacity;

    public void Stash()
    {
        var current = cell.CurrentEnvelope;
        if (current.Message is null)
        {
            throw new IllegalActorStateException("There is no current message that could be stashed");
        }
        if (cell.IsStashed)
        {
            throw new IllegalActorStateException($"Can't stash the same message {current.Message} more than once");
        }
        if (IsFull)
        {
            throw new StashOverflowException($"Couldn't enqueue message {current.Message} from {cell.Sender} to stash of {cell.Self}");
        }
        (_stashed ??= new LinkedList<Envelope>()).AddLast(current);
        cell.IsStashed = true;
    }

    public void Unstash()
    {
        if (_stashed?.First is { } first)
        {
            _stashed.RemoveFirst();
            cell.PutBack([first.Value]);
        }
    }

    public void UnstashAll() => UnstashAll(static _ => true);

    public void UnstashAll(Func<Envelope, bool> predicate)
    {
        if (_stashed is { Count: > 0 })
        {
            cell.PutBack([.. ClearStash().Where(predicate)]);
        }
    }

    public IEnumerable<Envelope> ClearStash()
    {
        IEnumerable<Envelope> all = _stashed ?? Enumerable.Empty<Envelope>();
        _stashed = null;
        return all;
    }

    public void Prepend(IEnumerable<Envelope> envelopes)
    {
        _stashed ??= new LinkedList<Envelope>();
        foreach (var envelope in envelopes.Reverse())
        {
            _stashed.AddFirst(envelope);
        }
    }
}
