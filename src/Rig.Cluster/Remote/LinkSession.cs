using System.Threading.Channels;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Remote;

/// <summary>Where a session lives: what it shares with the node's other sessions.</summary>
internal sealed record LinkContext(LinkOptions Options, TimeProvider Time, HandlerTable Handlers, CancellationToken Stop);

/// <summary>
/// Asks, tells and handlers of one connection, whatever carries its frames. Handlers begin in the order in which their messages came, never on the
/// thread that reads; a slow one holds up neither heartbeats nor the next.
/// </summary>
internal sealed class LinkSession
{
    private readonly string _peer;
    private readonly LinkContext _context;
    private readonly LinkTally _tally;
    private readonly Func<ReadOnlyMemory<byte>, bool> _send;
    private readonly long _began;
    private readonly LinkState _state;
    private readonly Lock _lock = new();

    /// <summary>Bounded by <see cref="LinkState"/>: never more than the handlers that may run.</summary>
    private readonly Channel<LinkFrame> _toHandle = Channel.CreateUnbounded<LinkFrame>(new UnboundedChannelOptions { SingleReader = true });
    private volatile string? _end;

    /// <param name="peer">The other node, as authenticated.</param>
    /// <param name="send">Takes a frame on its way, or says that there is no room.</param>
    public LinkSession(string peer, LinkContext context, LinkTally tally, Func<ReadOnlyMemory<byte>, bool> send)
    {
        (_peer, _context, _tally, _send) = (peer, context, tally, send);
        _began = context.Time.GetTimestamp();
        _state = new LinkState(context.Options, tally, TimeSpan.Zero);
        _ = HandleAllAsync();
    }

    public bool IsUp => _state.IsUp && _end is null;

    private TimeSpan Now => _context.Time.GetElapsedTime(_began);

    /// <summary>Sends, or drops and counts. Only once the link is up.</summary>
    public void Tell(ReadOnlyMemory<byte> frame)
    {
        if (!IsUp)
        {
            _tally.Add(LinkCount.DroppedUnreachable);
        }
        else
        {
            SendOrCount(frame);
        }
    }

    public async Task<RemoteMessage> AskAsync(string path, RemoteMessage message, TimeSpan timeout, CancellationToken cancel)
    {
        PendingAsk ask = new();
        long id = Open(ask) ?? throw new UnreachableException(_peer, _end ?? "the connection is not up yet");
        try
        {
            if (!SendOrCount(Encode(new LinkFrame(LinkFrameKind.Ask, id, path, message))))
            {
                throw new UnreachableException(_peer, _end ?? "too many messages wait to be sent to it");
            }

            return await ask.Task.WaitAsync(timeout, _context.Time, cancel);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{_peer} did not answer {path} within {timeout.TotalSeconds:0.###} s.", late);
        }
        finally
        {
            lock (_lock)
            {
                _state.Forget(id);
            }
        }
    }

    /// <summary>A whole frame came.</summary>
    /// <exception cref="FrameException">It is none.</exception>
    public void Receive(ReadOnlyMemory<byte> bytes)
    {
        LinkFrame frame = FrameCodec.Read(bytes.Span);
        LinkEffect? effect;
        lock (_lock)
        {
            effect = _state.Receive(frame, bytes.Length);
            Post(effect);
        }

        Act(effect);
    }

    /// <summary>Some bytes came.</summary>
    public void Heard() => WithState(state => state.Heard(Now));

    /// <summary>The socket is given a frame (true), or has taken it (false).</summary>
    public void Sending(bool busy) => WithState(state => state.Sending(busy ? Now : null));

    /// <summary>Heartbeat due, or a limit passed.</summary>
    public LinkEffect? Tick()
    {
        lock (_lock)
        {
            return _state.Tick(Now);
        }
    }

    /// <summary>The connection is over: every ask fails now.</summary>
    public void End(string reason)
    {
        IReadOnlyList<PendingAsk> asks;
        lock (_lock)
        {
            if (_end is not null)
            {
                return;
            }

            _end = reason;
            asks = _state.End();
            _toHandle.Writer.TryComplete();
        }

        foreach (PendingAsk ask in asks)
        {
            ask.TrySetException(new UnreachableException(_peer, reason));
        }
    }

    private long? Open(PendingAsk ask)
    {
        lock (_lock)
        {
            return _state.IsUp ? _state.Open(ask) : null;
        }
    }

    private void WithState(Action<LinkState> change)
    {
        lock (_lock)
        {
            change(_state);
        }
    }

    /// <summary>Under the lock, so that messages are handled in the order in which the state let them in.</summary>
    private void Post(LinkEffect? effect)
    {
        if (effect is LinkEffect.Handle handle)
        {
            _toHandle.Writer.TryWrite(handle.Frame);
        }
    }

    private void Act(LinkEffect? effect)
    {
        switch (effect)
        {
            case LinkEffect.Send send:
                Reply(send.Frame);
                break;
            case LinkEffect.Answered answered:
                answered.Ask.TrySetResult(answered.Message);
                break;
            case LinkEffect.Faulted faulted:
                faulted.Ask.TrySetException(new RemoteFaultException(_peer, faulted.Reason));
                break;
        }
    }

    /// <summary>Until the end. Nobody waits for it: a handler that never returns must not keep a link from coming back.</summary>
    private async Task HandleAllAsync()
    {
        await foreach (LinkFrame frame in _toHandle.Reader.ReadAllAsync())
        {
            _ = HandleAsync(frame);
        }
    }

    /// <summary>Never throws: what goes wrong is the asker's to know.</summary>
    private async Task HandleAsync(LinkFrame frame)
    {
        LinkFrame answer = await AnswerAsync(frame);
        // When the node stops its links end, which tells the asker as much, and always the same.
        if (frame.Kind == LinkFrameKind.Ask && !_context.Stop.IsCancellationRequested)
        {
            Reply(answer);
        }

        lock (_lock)
        {
            Post(_state.Finished());
        }
    }

    private async Task<LinkFrame> AnswerAsync(LinkFrame frame)
    {
        if (_context.Handlers.Find(frame.Path!) is not { } handler)
        {
            _tally.Add(LinkCount.UnknownPath);
            return Fault(frame.Id, $"nothing answers at {frame.Path}");
        }

        using CancellationTokenSource limit = new(_context.Options.HandlerLimit, _context.Time);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(_context.Stop, limit.Token);
        try
        {
            RemoteMessage? message = await handler(new FromNode(_peer, frame.Message!), stop.Token).WaitAsync(stop.Token);
            if (message is null && frame.Kind == LinkFrameKind.Ask)
            {
                _tally.Add(LinkCount.HandlerFaults);
                return Fault(frame.Id, $"{frame.Path} does not answer {frame.Message!.GetType().Name}");
            }

            return new LinkFrame(LinkFrameKind.Answer, frame.Id, Message: message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _tally.Add(LinkCount.HandlerFaults);
            return Fault(frame.Id, $"{frame.Path} took too long");
        }
        // A handler is any code of the node: whatever it throws is the answer, and counted.
        catch (Exception error)
        {
            _tally.Add(LinkCount.HandlerFaults);
            return Fault(frame.Id, error.Message);
        }
    }

    /// <summary>To an ask of the peer. What does not fit into a frame is answered by a fault.</summary>
    private void Reply(LinkFrame frame)
    {
        ReadOnlyMemory<byte> bytes;
        try
        {
            bytes = FrameCodec.Write(frame);
        }
        catch (FrameException error)
        {
            _tally.Add(error.Count);
            bytes = FrameCodec.Write(Fault(frame.Id, error.Message));
        }

        SendOrCount(bytes);
    }

    private bool SendOrCount(ReadOnlyMemory<byte> bytes)
    {
        bool taken = _send(bytes);
        if (!taken)
        {
            _tally.Add(_end is null ? LinkCount.DroppedQueueFull : LinkCount.DroppedUnreachable);
        }

        return taken;
    }

    private ReadOnlyMemory<byte> Encode(LinkFrame frame)
    {
        try
        {
            return FrameCodec.Write(frame);
        }
        catch (FrameException error)
        {
            _tally.Add(error.Count);
            throw new RemoteFaultException(_peer, error.Message);
        }
    }

    private static LinkFrame Fault(long id, string reason) => new(LinkFrameKind.Fault, id, Reason: reason);
}
