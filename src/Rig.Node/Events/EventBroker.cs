using System.Text.Json;
using Rig.Contracts.Events;
using Rig.Contracts.Json;

namespace Rig.Node.Events;

/// <summary>An event as it goes to clients: its number and its JSON, made once for all of them.</summary>
public sealed record NumberedEvent(long Id, string Node, string Topic, string Json)
{
    private byte[]? _notification;

    /// <summary>As JSON-RPC notification, UTF-8; made by whoever needs it first.</summary>
    public ReadOnlyMemory<byte> Notification =>
        _notification ??= System.Text.Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","method":"{{Topic}}","params":{{Json}}}""");
}

/// <summary>
/// A ring of the newest events. Readers have a place of their own in it and are told how many they missed; the writer never waits and knows no reader. Numbers
/// begin with the time of the program's start, so that they grow from one run to the next. Any thread.
/// </summary>
public sealed class EventBroker
{
    /// <summary>Some minutes of a busy rig, about a kilobyte each.</summary>
    public const int Kept = 4000;

    private readonly Lock _lock = new();
    private readonly NumberedEvent?[] _ring = new NumberedEvent?[Kept];

    /// <summary>The number before the first of this run.</summary>
    private readonly long _begin;
    private long _last;
    private TaskCompletionSource _changed = New();

    public EventBroker(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _begin = _last = time.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
    }

    /// <summary>The number of the newest event.</summary>
    public long Last
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    /// <summary>Events since the start.</summary>
    public long Published => Last - _begin;

    public NumberedEvent Publish(RigEvent news)
    {
        ArgumentNullException.ThrowIfNull(news);
        return Publish(news.Node, news.Topic, JsonSerializer.Serialize(news, RigJson.Default.RigEvent));
    }

    public NumberedEvent Publish(string node, string topic, string json)
    {
        TaskCompletionSource changed;
        NumberedEvent numbered;
        lock (_lock)
        {
            numbered = new NumberedEvent(++_last, node, topic, json);
            _ring[_last % Kept] = numbered;
            (changed, _changed) = (_changed, New());
        }

        changed.SetResult();
        return numbered;
    }

    /// <summary>A reader of what comes from now on, after what is still kept with a number above <paramref name="after"/>.</summary>
    /// <param name="after">The last event that the client saw; null to begin with the next one.</param>
    public EventCursor Open(long? after)
    {
        lock (_lock)
        {
            // A number of another run or node says nothing about what was missed: all that is kept, after a word that there may be a gap.
            bool foreign = after is { } number && (number < _begin || number > _last);
            return new EventCursor(this, foreign ? Oldest : (after ?? _last) + 1, foreign);
        }
    }

    /// <summary>The event at a reader's place; null when it is not there yet.</summary>
    /// <param name="next">The reader's place; moved to the oldest that is kept when it was left behind.</param>
    /// <param name="missed">How many were skipped.</param>
    internal NumberedEvent? Read(ref long next, out long missed)
    {
        lock (_lock)
        {
            missed = Math.Max(0, Oldest - next);
            next += missed;
            return next <= _last ? _ring[next++ % Kept] : null;
        }
    }

    /// <summary>Done when there is something at a reader's place.</summary>
    internal Task Arrived(long next)
    {
        lock (_lock)
        {
            return next <= _last ? Task.CompletedTask : _changed.Task;
        }
    }

    /// <summary>Under the lock.</summary>
    private long Oldest => Math.Max(_begin + 1, _last - Kept + 1);

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>One reader's place among the events. One thread at a time.</summary>
public sealed class EventCursor
{
    private readonly EventBroker _broker;
    private long _next;
    private bool _foreign;

    internal EventCursor(EventBroker broker, long next, bool foreign) => (_broker, _next, _foreign) = (broker, next, foreign);

    /// <summary>The number of the last event read.</summary>
    public long Position => _next - 1;

    /// <summary>The next event, if it is there.</summary>
    /// <param name="missed">Events lost before it: how many; -1 when nobody can say; 0 when none.</param>
    public NumberedEvent? TryRead(out long missed)
    {
        NumberedEvent? read = _broker.Read(ref _next, out missed);
        if (_foreign)
        {
            (_foreign, missed) = (false, -1);
        }

        return read;
    }

    /// <summary>Done when there is something to read.</summary>
    public Task WaitAsync(CancellationToken cancel) => _foreign ? Task.CompletedTask : _broker.Arrived(_next).WaitAsync(cancel);
}
