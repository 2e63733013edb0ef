using System.Text.Json;
using Rig.Contracts.Events;
using Rig.Contracts.Json;
using Rig.Node.Events;

namespace Rig.Node.Rpc;

/// <summary>
/// The events that one connection wants, sent as they happen. The connection waits for nobody and nobody for it: what it is too slow for is skipped, counted and told. Methods may be
/// called from any thread.
/// </summary>
/// <param name="node">This node, for the word that something was missed.</param>
/// <param name="send">Sends a text message; returns when the connection has taken it.</param>
internal sealed class RpcSubscription(
    EventHub hub,
    string node,
    TimeProvider time,
    Func<ReadOnlyMemory<byte>, CancellationToken, Task> send,
    CancellationToken closed
) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private TopicFilter _filter = new([]);
    private CancellationTokenSource? _stop;
    private Task _telling = Task.CompletedTask;
    private long _delivered;
    private long _dropped;

    public IReadOnlyList<string> Topics
    {
        get
        {
            lock (_lock)
            {
                return _filter.Patterns;
            }
        }
    }

    public long Delivered => Interlocked.Read(ref _delivered);
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Topics beside those before. Events from now on.</summary>
    public void Add(IReadOnlyList<string> topics)
    {
        lock (_lock)
        {
            _filter = new TopicFilter(_filter.Patterns.Concat(topics));
            if (_stop is null && _filter.Patterns.Count > 0)
            {
                _stop = CancellationTokenSource.CreateLinkedTokenSource(closed);
                _telling = TellAsync(hub.Listen(null), _telling, _stop.Token);
            }
        }
    }

    /// <summary>These no more; null: none at all.</summary>
    public void Remove(IReadOnlyList<string>? topics)
    {
        lock (_lock)
        {
            _filter = new TopicFilter(topics is null ? [] : _filter.Patterns.Except(topics, StringComparer.Ordinal));
            if (_filter.Patterns.Count == 0)
            {
                _stop?.Cancel();
                _stop?.Dispose();
                _stop = null;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Remove(null);
        await _telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task TellAsync(EventListener listener, Task before, CancellationToken cancel)
    {
        using EventListener listening = listener;
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (true)
        {
            NumberedEvent? news = listening.Cursor.TryRead(out long missed);
            if (missed != 0)
            {
                await TellMissedAsync(missed, cancel);
            }

            if (news is null)
            {
                await listening.Cursor.WaitAsync(cancel);
            }
            else if (Wants(news))
            {
                await send(news.Notification, cancel);
                Interlocked.Increment(ref _delivered);
            }
        }
    }

    private bool Wants(NumberedEvent news)
    {
        lock (_lock)
        {
            return _filter.Wants(news.Topic);
        }
    }

    private Task TellMissedAsync(long missed, CancellationToken cancel)
    {
        Interlocked.Add(ref _dropped, Math.Max(1, missed));
        EventsMissed said = new(missed > 0 ? missed : null) { Time = time.GetUtcNow(), Node = node };
        string json = JsonSerializer.Serialize(said, RigJson.Default.RigEvent);
        return send(new NumberedEvent(0, node, EventsMissed.TopicName, json).Notification, cancel);
    }
}
