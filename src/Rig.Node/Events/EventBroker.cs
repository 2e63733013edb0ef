using System.Text.Json;
using System.Threading.Channels;
using Rig.Contracts.Events;
using Rig.Contracts.Json;

namespace Rig.Node.Events;

/// <summary>An event as it goes to clients: its number and its JSON, made once for all of them.</summary>
public sealed record NumberedEvent(long Id, string Topic, string Json);

/// <summary>
/// Hands the node's events to any number of clients. The newest stay for those who come back and name the last one that they saw. A
/// client that does not keep up is dropped and comes back the same way; it never delays the others.
/// </summary>
public sealed class EventBroker
{
    /// <summary>Events kept for replay: some minutes of a busy rig.</summary>
    public const int Kept = 1000;

    /// <summary>Events that may wait for one client.</summary>
    private const int Waiting = 256;

    private readonly Lock _lock = new();
    private readonly Queue<NumberedEvent> _recent = new(Kept);
    private readonly List<Channel<NumberedEvent>> _clients = [];
    private long _last;

    /// <summary>Clients that are connected now.</summary>
    public int Clients
    {
        get
        {
            lock (_lock)
            {
                return _clients.Count;
            }
        }
    }

    public void Publish(RigEvent news)
    {
        ArgumentNullException.ThrowIfNull(news);
        string json = JsonSerializer.Serialize(news, RigJson.Default.RigEvent);
        lock (_lock)
        {
            NumberedEvent numbered = new(++_last, news.Topic, json);
            if (_recent.Count == Kept)
            {
                _recent.Dequeue();
            }

            _recent.Enqueue(numbered);
            _clients.RemoveAll(client => !client.Writer.TryWrite(numbered) && client.Writer.TryComplete());
        }
    }

    /// <summary>Events from now on, after those that are still kept with a number above <paramref name="after"/>.</summary>
    /// <param name="after">The last event that the client saw; null to begin with the next one.</param>
    public async IAsyncEnumerable<NumberedEvent> Subscribe(
        long? after,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
    )
    {
        Channel<NumberedEvent> channel = Channel.CreateBounded<NumberedEvent>(
            new BoundedChannelOptions(Kept + Waiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
        );
        lock (_lock)
        {
            foreach (NumberedEvent missed in _recent.Where(missed => after is { } seen && missed.Id > seen))
            {
                channel.Writer.TryWrite(missed);
            }

            _clients.Add(channel);
        }

        try
        {
            await foreach (NumberedEvent next in channel.Reader.ReadAllAsync(cancel))
            {
                yield return next;
            }
        }
        finally
        {
            lock (_lock)
            {
                _clients.Remove(channel);
            }
        }
    }
}
