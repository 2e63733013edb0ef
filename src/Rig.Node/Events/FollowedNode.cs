using Rig.Contracts.Cluster;

namespace Rig.Node.Events;

/// <summary>What follows from a batch.</summary>
/// <param name="Fresh">Events to bring in, in order.</param>
/// <param name="Missed">Set when events before them are gone for good: how many, 0 when nobody knows.</param>
/// <param name="AskAgain">A batch before this one went missing on the way.</param>
internal readonly record struct Taken(IReadOnlyList<EventLine> Fresh, long? Missed = null, bool AskAgain = false);

/// <summary>How far a node's events have come in. Decides only; sends and publishes nothing. One thread at a time.</summary>
internal sealed class FollowedNode
{
    private bool _asked;

    /// <summary>The run of the node; null before its first answer.</summary>
    public Guid? Epoch { get; private set; }

    /// <summary>The node's own number of the last event that came in.</summary>
    public long Last { get; private set; }

    /// <summary>Whether the next request says from where: before the first answer, and after a loss.</summary>
    public bool NeedsPlace => Epoch is null || _asked;

    /// <summary>Batches arrive once, twice or never, in the order in which they were sent.</summary>
    public Taken Take(EventNews news)
    {
        if (news.Missed is not null || Epoch != news.Epoch)
        {
            (Epoch, Last) = (news.Epoch, news.After);
        }

        if (news.After > Last)
        {
            bool first = !_asked;
            _asked = true;
            return new Taken([], AskAgain: first);
        }

        _asked = false;
        long known = Last - news.After;
        EventLine[] fresh = known < news.Events.Count ? [.. news.Events.Skip((int)known)] : [];
        Last += fresh.Length;
        return new Taken(fresh, news.Missed);
    }
}
