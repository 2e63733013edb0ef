using Rig.Contracts.Cluster;

namespace Rig.Cluster.Remote;

/// <summary>What <see cref="LinkState"/> wants done.</summary>
internal abstract record LinkEffect
{
    /// <summary>Begin to handle a message; <see cref="LinkState.Finished"/> is called when it is done.</summary>
    public sealed record Handle(LinkFrame Frame) : LinkEffect;

    public sealed record Send(LinkFrame Frame) : LinkEffect;

    public sealed record Answered(PendingAsk Ask, RemoteMessage Message) : LinkEffect;

    public sealed record Faulted(PendingAsk Ask, string Reason) : LinkEffect;

    /// <summary>The peer does not keep to the times; <paramref name="Count"/> says which.</summary>
    public sealed record Close(LinkCount Count, string Reason) : LinkEffect;
}

/// <summary>An ask that waits for its answer.</summary>
internal sealed class PendingAsk() : TaskCompletionSource<RemoteMessage>(TaskCreationOptions.RunContinuationsAsynchronously);

/// <summary>
/// The rules of one connection, without its socket: which answer belongs to which ask, who is silent, how many messages are handled at once and
/// in which order. Pure: calls and times in, effects out. One caller at a time. Times count from any one instant.
/// </summary>
internal sealed class LinkState(LinkOptions options, LinkTally tally, TimeSpan now)
{
    private readonly Dictionary<long, PendingAsk> _asks = [];
    private readonly Queue<(LinkFrame Frame, int Bytes)> _waiting = new();
    private long _waitingBytes;
    private int _running;
    private long _lastId;
    private TimeSpan _heard = now;
    private TimeSpan _nextHeartbeat = now;
    private TimeSpan? _sendingSince;

    /// <summary>True once a frame has come: before that, somebody took the call, but nobody knows whether they speak.</summary>
    public bool IsUp { get; private set; }

    /// <summary>Set by <see cref="End"/>.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>A number for an ask that is about to be sent; null when the connection has ended.</summary>
    public long? Open(PendingAsk ask)
    {
        if (HasEnded)
        {
            return null;
        }

        _asks.Add(++_lastId, ask);
        return _lastId;
    }

    /// <summary>Nobody waits for this answer any more.</summary>
    public void Forget(long id) => _asks.Remove(id);

    /// <summary>Some bytes came, perhaps not a whole frame: the peer lives.</summary>
    public void Heard(TimeSpan now) => _heard = now;

    public LinkEffect? Receive(LinkFrame frame, int bytes)
    {
        if (HasEnded)
        {
            return null;
        }

        IsUp = true;
        return frame.Kind switch
        {
            LinkFrameKind.Heartbeat => null,
            LinkFrameKind.Answer => Settle(frame, ask => new LinkEffect.Answered(ask, frame.Message!)),
            LinkFrameKind.Fault => Settle(frame, ask => new LinkEffect.Faulted(ask, frame.Reason!)),
            _ => Admit(frame, bytes),
        };
    }

    /// <summary>A message has been handled; the next that waits may begin.</summary>
    public LinkEffect? Finished()
    {
        if (!_waiting.TryDequeue(out (LinkFrame Frame, int Bytes) next))
        {
            _running--;
            return null;
        }

        _waitingBytes -= next.Bytes;
        return new LinkEffect.Handle(next.Frame);
    }

    /// <summary>A frame is given to the socket at this time; null: the socket has taken it.</summary>
    public void Sending(TimeSpan? since) => _sendingSince = since;

    /// <summary>Called several times within a heartbeat's interval.</summary>
    public LinkEffect? Tick(TimeSpan now)
    {
        if (HasEnded)
        {
            return null;
        }

        if (now - _heard >= options.Silence)
        {
            return new LinkEffect.Close(LinkCount.Silent, $"nothing was heard for {options.Silence.TotalSeconds:0.#} s");
        }

        if (now - _sendingSince >= options.SendLimit)
        {
            return new LinkEffect.Close(LinkCount.Stalled, $"it took no bytes for {options.SendLimit.TotalSeconds:0.#} s");
        }

        if (now < _nextHeartbeat)
        {
            return null;
        }

        _nextHeartbeat = now + options.Heartbeat;
        return new LinkEffect.Send(new LinkFrame(LinkFrameKind.Heartbeat));
    }

    /// <summary>The connection is over: what waited to be handled is dropped, the asks that are returned fail.</summary>
    public IReadOnlyList<PendingAsk> End()
    {
        HasEnded = true;
        tally.Add(LinkCount.DroppedUnreachable, _waiting.Count);
        _waiting.Clear();
        _waitingBytes = 0;
        PendingAsk[] asks = [.. _asks.Values];
        _asks.Clear();
        return asks;
    }

    private LinkEffect? Settle(LinkFrame frame, Func<PendingAsk, LinkEffect> settle)
    {
        if (_asks.Remove(frame.Id, out PendingAsk? ask))
        {
            return settle(ask);
        }

        tally.Add(LinkCount.StrayAnswers);
        return null;
    }

    private LinkEffect? Admit(LinkFrame frame, int bytes)
    {
        if (_running < options.MostHandlers)
        {
            _running++;
            return new LinkEffect.Handle(frame);
        }

        if (_waiting.Count < options.MostFrames && _waitingBytes + bytes <= options.MostBytes)
        {
            _waiting.Enqueue((frame, bytes));
            _waitingBytes += bytes;
            return null;
        }

        tally.Add(LinkCount.DroppedBusy);
        return frame.Kind == LinkFrameKind.Ask
            ? new LinkEffect.Send(
                new LinkFrame(LinkFrameKind.Fault, frame.Id, Reason: "too many messages wait to be handled; try again later")
            )
            : null;
    }
}
