using System.Net.WebSockets;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Remote;

/// <summary>The link to one peer over all its connections: calls it if that is this node's part, and keeps the newest connection.</summary>
/// <param name="dialer">Null when it is the peer that calls.</param>
internal sealed class PeerLink(string nodeId, LinkContext context, ILinkDialer? dialer, ReachabilityBoard board) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private LinkConnection? _current;
    private Uri? _address;
    private CancellationTokenSource? _dialing;
    private Task _dialled = Task.CompletedTask;

    public string NodeId => nodeId;

    public LinkTally Tally { get; } = new();

    /// <summary>Null unless the peer can be sent to now.</summary>
    public LinkSession? Up => _current is { Session: { IsUp: true } session } ? session : null;

    /// <summary>Is it one of the peers that membership named last?</summary>
    public bool IsPeer => _address is not null;

    public UnreachableException Unreachable() => new(nodeId, board[nodeId]?.Reason ?? "the connection has just ended");

    /// <summary>Where it is now; null: it is no peer any more, the link ends. A connection that stands is not touched by a new address.</summary>
    public void SetAddress(Uri? address)
    {
        bool isNew;
        CancellationTokenSource? dialing = null;
        lock (_lock)
        {
            isNew = _address is null && address is not null;
            bool gone = _address is not null && address is null;
            _address = address;
            if (gone)
            {
                (dialing, _dialing) = (_dialing, null);
            }
            else if (isNew && dialer is not null && !context.Stop.IsCancellationRequested)
            {
                _dialing = new CancellationTokenSource();
                _dialled = DialAsync(dialer, _dialled, _dialing.Token);
            }

            if (!isNew && !gone)
            {
                return;
            }
        }

        if (isNew)
        {
            board.Add(nodeId, "there is no connection yet");
            return;
        }

        dialing?.Cancel();
        Drop("it is no member of the rig any more");
    }

    /// <summary>Ends the connection, if any; whoever calls, calls again.</summary>
    public void Drop(string reason) => _current?.End(reason);

    /// <summary>
    /// Lives with a new connection until it ends. The newest wins: an older one of the same peer is what a crash or a cut cable left behind.
    /// </summary>
    /// <returns>True when frames came for long enough to call it a good connection.</returns>
    public async Task<bool> RunAsync(WebSocket socket, CancellationToken cancel)
    {
        long? upSince = null;
        using LinkConnection connection = new(
            nodeId,
            socket,
            context,
            Tally,
            changed =>
            {
                upSince ??= changed.EndReason is null ? context.Time.GetTimestamp() : null;
                Report(changed);
            }
        );
        LinkConnection? older = Interlocked.Exchange(ref _current, connection);
        older?.End("a newer connection took its place", count: LinkCount.Replaced);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel, context.Stop);
        await connection.RunAsync(either.Token);
        Interlocked.CompareExchange(ref _current, null, connection);
        return upSince is { } since && context.Time.GetElapsedTime(since) >= context.Options.Silence;
    }

    public LinkStatus Status()
    {
        Reachability? last = board[nodeId];
        (int frames, long bytes) = _current?.Waiting ?? (0, 0);
        return new LinkStatus
        {
            NodeId = nodeId,
            Up = Up is not null,
            Since = last?.Since,
            Reason = last?.Reason,
            QueuedFrames = frames,
            QueuedBytes = bytes,
            Counts = Tally.NotZero(),
        };
    }

    public async ValueTask DisposeAsync()
    {
        SetAddress(null);
        await _dialled;
        _dialing?.Dispose();
    }

    /// <summary>Of the newest connection only; one that was replaced says no more than that it is over.</summary>
    private void Report(LinkConnection connection)
    {
        lock (_lock)
        {
            if (connection.EndReason is { } reason)
            {
                if (Up is null)
                {
                    board.Set(nodeId, false, reason);
                }
            }
            else if (_current == connection)
            {
                Tally.Add(LinkCount.Connections);
                board.Set(nodeId, true, null);
            }
        }
    }

    private async Task DialAsync(ILinkDialer dial, Task before, CancellationToken stop)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Backoff backoff = new(context.Options.ShortestBackoff, context.Options.LongestBackoff);
        try
        {
            while (!stop.IsCancellationRequested && _address is { } address)
            {
                if (await TryOnceAsync(dial, address, stop))
                {
                    backoff.Reset();
                }

                await Task.Delay(backoff.Next(Random.Shared.NextDouble()), context.Time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task<bool> TryOnceAsync(ILinkDialer dial, Uri address, CancellationToken stop)
    {
        try
        {
            return await RunAsync(await dial.DialAsync(nodeId, address, stop), stop);
        }
        catch (UnreachableException error)
        {
            Tally.Add(LinkCount.FailedAttempts);
            board.Set(nodeId, false, error.Reason);
            return false;
        }
    }
}
