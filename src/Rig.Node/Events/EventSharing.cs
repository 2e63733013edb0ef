using Rig.Cluster;
using Rig.Contracts.Cluster;

namespace Rig.Node.Events;

/// <summary>
/// Tells this node's events to nodes that follow them: each asks again every few seconds and names the last one it has, and is told from there on, in small batches.
/// Nobody follows, nothing is sent. Any thread.
/// </summary>
internal sealed class EventSharing(EventHub hub, IRemote remote, TimeProvider time) : IDisposable
{
    /// <summary>Remote path of everything about events.</summary>
    public const string Path = "events";

    /// <summary>How long a request to be told holds.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    /// <summary>What happens within this goes together: a rig that starts has some dozens of events in one instant.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(20);

    /// <summary>Far below the largest frame of a link, even with long events.</summary>
    private const int LargestBatch = 128 << 10;

    private readonly Guid _epoch = Guid.NewGuid();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Follower> _followers = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private int _disposed;

    /// <summary>Nodes that are told now.</summary>
    public int Followers
    {
        get
        {
            lock (_lock)
            {
                return _followers.Count;
            }
        }
    }

    public void Follow(string nodeId, FollowEvents ask)
    {
        lock (_lock)
        {
            DateTimeOffset until = time.GetUtcNow() + Lease;
            if (_followers.TryGetValue(nodeId, out Follower? known))
            {
                known.Until = until;
                if (ask.Again)
                {
                    known.Restart = ask;
                }

                return;
            }

            Follower follower = new(nodeId) { Until = until, Restart = ask };
            _followers.Add(nodeId, follower);
            _ = TellAsync(follower, Volatile.Read(ref _disposed) == 0 ? _stop.Token : new CancellationToken(canceled: true));
        }
    }

    /// <summary>Ends the telling; nobody waits for it.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _stop.Cancel();
            _stop.Dispose();
        }
    }

    private async Task TellAsync(Follower follower, CancellationToken cancel)
    {
        EventCursor cursor = hub.Own.Open(null);
        try
        {
            while (TryContinue(follower, ref cursor))
            {
                Send(follower, cursor);
                await WaitAsync(follower, cursor, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The node ends.
        }
    }

    private async Task WaitAsync(Follower follower, EventCursor cursor, CancellationToken cancel)
    {
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAny(cursor.WaitAsync(enough.Token), Task.Delay(follower.Until - Earlier(), time, enough.Token), follower.Asked.Task);
        await enough.CancelAsync();
        cancel.ThrowIfCancellationRequested();
        await Task.Delay(Gather, time, cancel);

        DateTimeOffset Earlier()
        {
            DateTimeOffset now = time.GetUtcNow();
            return now < follower.Until ? now : follower.Until;
        }
    }

    /// <summary>False when the follower has not asked for so long that it is let go.</summary>
    private bool TryContinue(Follower follower, ref EventCursor cursor)
    {
        lock (_lock)
        {
            if (follower.Until <= time.GetUtcNow())
            {
                _followers.Remove(follower.NodeId);
                return false;
            }

            if (follower.Restart is { } ask)
            {
                follower.Restart = null;
                follower.Asked = NewSignal();
                bool goesOn = ask.Epoch == _epoch;
                cursor = hub.Own.Open(goesOn ? ask.After : null);
                follower.Missed = ask.Epoch is not null && !goesOn ? 0 : null;
                follower.Greet = true;
            }

            return true;
        }
    }

    private void Send(Follower follower, EventCursor cursor)
    {
        while (true)
        {
            long after = cursor.Position;
            List<EventLine> lines = [];
            for (int size = 0; size < LargestBatch && cursor.TryRead(out long missed) is { } read; size += read.Json.Length)
            {
                if (missed != 0)
                {
                    follower.Missed = Math.Max(0, missed);
                    after = read.Id - 1;
                    lines.Clear();
                }

                lines.Add(new EventLine(read.Topic, read.Json));
            }

            if (lines.Count == 0 && !follower.Greet)
            {
                return;
            }

            remote.Tell(follower.NodeId, Path, new EventNews(_epoch, after, lines, follower.Missed));
            (follower.Greet, follower.Missed) = (false, null);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Follower(string nodeId)
    {
        public string NodeId { get; } = nodeId;
        public DateTimeOffset Until { get; set; }

        /// <summary>It wants to be told from here on; set under the lock.</summary>
        public FollowEvents? Restart
        {
            get;
            set
            {
                field = value;
                if (value is not null)
                {
                    Asked.TrySetResult();
                }
            }
        }

        public TaskCompletionSource Asked { get; set; } = NewSignal();

        /// <summary>To be said with the next batch: 0 when nobody knows how many.</summary>
        public long? Missed { get; set; }

        /// <summary>The next batch goes even if it is empty, so that the follower knows where it stands.</summary>
        public bool Greet { get; set; }
    }
}
