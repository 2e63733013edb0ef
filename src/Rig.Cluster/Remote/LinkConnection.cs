using System.Net.WebSockets;

namespace Rig.Cluster.Remote;

/// <summary>One WebSocket to one peer for as long as it lives: a loop that reads, one that writes, one that watches the times.</summary>
internal sealed class LinkConnection : IDisposable
{
    /// <summary>For the frame on its way and the closing words to leave, and the peer's to come.</summary>
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(1);

    private readonly WebSocket _socket;
    private readonly LinkContext _context;
    private readonly LinkTally _tally;
    private readonly OutgoingQueue _queue;
    private readonly Action<LinkConnection> _changed;

    /// <summary>Cancelled when the time to close is up: ends a read or write that still waits, whatever the peer does.</summary>
    private readonly CancellationTokenSource _closing;
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _lock = new();
    private WebSocketCloseStatus _status;

    /// <param name="changed">Called when the first frame came, and when the connection ended.</param>
    public LinkConnection(string peer, WebSocket socket, LinkContext context, LinkTally tally, Action<LinkConnection> changed)
    {
        (_socket, _context, _tally, _changed) = (socket, context, tally, changed);
        _queue = new OutgoingQueue(context.Options);
        _closing = new CancellationTokenSource(Timeout.InfiniteTimeSpan, context.Time);
        Session = new LinkSession(peer, context, tally, _queue.TryAdd);
    }

    public LinkSession Session { get; }

    public (int Frames, long Bytes) Waiting => _queue.Waiting;

    /// <summary>Why it ended; null while it lasts.</summary>
    public string? EndReason { get; private set; }

    /// <summary>Returns when the connection is over. Never throws.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using CancellationTokenRegistration stopping = stop.Register(() =>
            End("this node closed the link", WebSocketCloseStatus.EndpointUnavailable)
        );
        Task watch = WatchAsync();
        Task read = ReadAsync();
        await Task.WhenAll(watch, read, WriteAsync());
    }

    /// <summary>Closes with words to the peer. The first reason counts.</summary>
    public void End(string reason, WebSocketCloseStatus status = WebSocketCloseStatus.NormalClosure, LinkCount? count = null)
    {
        lock (_lock)
        {
            if (EndReason is not null)
            {
                return;
            }

            (EndReason, _status) = (reason, status);
        }

        if (count is { } counted)
        {
            _tally.Add(counted);
        }

        Session.End(reason);
        _changed(this);
        _tally.Add(LinkCount.DroppedUnreachable, _queue.Close());
        _closing.CancelAfter(CloseLimit);
        _ended.Cancel();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _closing.Dispose();
        _ended.Dispose();
    }

    private async Task ReadAsync()
    {
        using FrameReader reader = new(_socket, Session.Heard);
        try
        {
            while (await reader.ReadAsync(_closing.Token) is { } bytes)
            {
                bool wasUp = Session.IsUp;
                Session.Receive(bytes);
                _tally.Add(LinkCount.FramesReceived);
                _tally.Add(LinkCount.BytesReceived, bytes.Length);
                if (!wasUp && Session.IsUp)
                {
                    _changed(this);
                }
            }

            End(string.IsNullOrEmpty(_socket.CloseStatusDescription) ? "it closed the link" : $"it said: {_socket.CloseStatusDescription}");
        }
        catch (FrameException error)
        {
            bool large = error.Count == LinkCount.Oversize;
            End(error.Message, large ? WebSocketCloseStatus.MessageTooBig : WebSocketCloseStatus.PolicyViolation, error.Count);
        }
        // Sockets, TLS, WebSocket and HTTP have an exception type each for the same thing: the connection is lost.
        catch (Exception error)
        {
            End($"the connection was lost: {error.GetBaseException().Message}");
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            while (await _queue.TakeAsync() is { } frame)
            {
                Session.Sending(true);
                await _socket.SendAsync(frame, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, _closing.Token);
                Session.Sending(false);
                _queue.Sent(frame);
                _tally.Add(LinkCount.FramesSent);
                _tally.Add(LinkCount.BytesSent, frame.Length);
            }

            await _socket.CloseOutputAsync(_status, Words(EndReason), _closing.Token);
        }
        // As when reading; or the time to close is up.
        catch (Exception error)
        {
            End($"the connection was lost: {error.GetBaseException().Message}");
        }
    }

    private async Task WatchAsync()
    {
        using PeriodicTimer timer = new(_context.Options.Heartbeat / 4, _context.Time);
        try
        {
            do
            {
                switch (Session.Tick())
                {
                    case LinkEffect.Send:
                        _queue.AddHeartbeat();
                        break;
                    case LinkEffect.Close close:
                        End(close.Reason, WebSocketCloseStatus.PolicyViolation, close.Count);
                        await _closing.CancelAsync();
                        break;
                }
            } while (await timer.WaitForNextTickAsync(_ended.Token));
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>At most 123 bytes fit into a close frame (RFC 6455 section 5.5); reasons may quote the peer, so only plain ASCII goes out.</summary>
    private static string Words(string? reason) =>
        string.Concat(
            (reason ?? "").Take(120).Select(character => char.IsAscii(character) && !char.IsControl(character) ? character : '?')
        );
}
