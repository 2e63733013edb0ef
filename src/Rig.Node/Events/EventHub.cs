using System.Text.Json;
using Rig.Contracts.Events;
using Rig.Contracts.Json;

namespace Rig.Node.Events;

/// <summary>The node's events and the rig's. What others' nodes tell is wanted only while somebody here listens. Any thread.</summary>
public sealed class EventHub(TimeProvider time)
{
    private int _listeners;

    /// <summary>Of this node: what other nodes and webhooks are told.</summary>
    public EventBroker Own { get; } = new(time);

    /// <summary>Of the whole rig, as far as it is followed.</summary>
    public EventBroker Rig { get; } = new(time);

    /// <summary>Clients that listen now.</summary>
    public int Listeners => Volatile.Read(ref _listeners);

    /// <summary>Called when somebody begins to listen; true when he wants what happened since he was here last.</summary>
    internal Action<bool>? Listened { get; set; }

    /// <summary>Something happened on this node.</summary>
    public void Publish(RigEvent news)
    {
        ArgumentNullException.ThrowIfNull(news);
        string json = JsonSerializer.Serialize(news, RigJson.Default.RigEvent);
        Rig.Publish(news.Node, news.Topic, json);
        Own.Publish(news.Node, news.Topic, json);
    }

    /// <summary>Events of the whole rig from now on, after those that are still kept with a number above <paramref name="after"/>.</summary>
    public EventListener Listen(long? after)
    {
        EventCursor cursor = Rig.Open(after);
        Interlocked.Increment(ref _listeners);
        Listened?.Invoke(after is not null);
        return new EventListener(cursor, () => Interlocked.Decrement(ref _listeners));
    }
}

/// <summary>A client's place among the rig's events, and that it listens.</summary>
public sealed class EventListener(EventCursor cursor, Action gone) : IDisposable
{
    private int _gone;

    public EventCursor Cursor { get; } = cursor;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _gone, 1) == 0)
        {
            gone();
        }
    }
}
