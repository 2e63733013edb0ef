using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Streams.Log;

/// <summary>
/// A cursor in a <see cref="GopLog"/>. One consumer at a time reads and waits; <see cref="Wake"/>, <see cref="Dispose"/> and the properties may
/// be used from any thread. Reading takes no lock: a reader holds the chunk that it copies entries from for just as long.
/// </summary>
public sealed class LogReader : IValueTaskSource<bool>, IDisposable
{
    private const int Idle = 0;
    private const int Waiting = 1;

    private readonly GopLog _log;
    private readonly LogWaiters _waiters;
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private CancellationToken _cancellation;
    private int _state;
    private int _enlisted;
    private int _woken;
    private int _disposed;

    private GopChunk? _chunk;
    private long _chunkId;
    private bool _needsKey;
    private bool _wasLossy;
    private long _position;
    private long _held;
    private long _missed;
    private UtcInstant _lastCapture = UtcInstant.Unknown;

    internal LogReader(GopLog log, LogWaiters waiters, LogReaderOptions options)
    {
        _log = log;
        _waiters = waiters;
        Options = options;
    }

    public LogReaderOptions Options { get; }

    /// <summary>Sequence number of the unit that is read next.</summary>
    public long Position => Volatile.Read(ref _position);

    /// <summary>Units between this reader and the newest.</summary>
    public long Lag => _log.NextSequence - Position;

    /// <summary>Units that this reader did not get although it had joined.</summary>
    public long MissedUnits => Volatile.Read(ref _missed);

    /// <summary>Lossless: the lowest sequence number that must stay in the log.</summary>
    internal long Held => Volatile.Read(ref _held);

    internal LogReader? NextWaiter { get; set; }

    internal long WakeSequence { get; private set; }

    internal long WakeCapture { get; private set; }

    internal long WakeKey { get; private set; }

    internal bool IsWaiting => Volatile.Read(ref _state) == Waiting;

    /// <summary>Copies what is there, up to the length of <paramref name="into"/>. The caller owns a reference to each unit. 0: nothing is there now.</summary>
    public int TryRead(Span<LogItem> into)
    {
        int filled = 0;
        long before = _position;
        while (filled < into.Length && EnterChunk(into, ref filled) is { } chunk)
        {
            bool more;
            try
            {
                more = Copy(chunk, into, ref filled);
            }
            finally
            {
                _log.Release(chunk);
            }

            if (!more)
            {
                break;
            }
        }

        if (Options.Lossless && !Options.ManualAcknowledge && _position != before)
        {
            Acknowledge(_position - 1);
        }

        return filled;
    }

    /// <summary>Completes with true when it is worth reading, or after <see cref="Wake"/>; with false when the log has ended or the reader was disposed of.</summary>
    public ValueTask<bool> WaitToReadAsync(CancellationToken cancellation = default)
    {
        (long sequence, long capture, long key) = WhatIsAwaited();
        return WaitAsync(sequence, capture, key, cancellation);
    }

    /// <summary>Completes with true when a unit captured at or after an instant is in the log, or after <see cref="Wake"/>; with false as <see cref="WaitToReadAsync"/>.</summary>
    public ValueTask<bool> WaitForCaptureAsync(UtcInstant instant, CancellationToken cancellation = default) =>
        WaitAsync(long.MaxValue, instant.Nanoseconds, long.MaxValue, cancellation);

    /// <summary>Waits and reads. 0: the log has ended.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(Memory<LogItem> into, CancellationToken cancellation = default)
    {
        while (await WaitToReadAsync(cancellation))
        {
            int count = TryRead(into.Span);
            if (count > 0)
            {
                return count;
            }
        }

        return 0;
    }

    /// <summary>Makes a wait, this one or the next, end with true: a stop, a timer, whatever the consumer has to look at.</summary>
    public void Wake()
    {
        Interlocked.Exchange(ref _woken, 1);
        if (TryClaim())
        {
            Volatile.Write(ref _woken, 0);
            _source.SetResult(true);
        }
    }

    /// <summary>Lossless with <see cref="LogReaderOptions.ManualAcknowledge"/>: units up to this one need not be kept any more. Any thread.</summary>
    public void Acknowledge(long sequence)
    {
        long held = Volatile.Read(ref _held);
        while (sequence >= held)
        {
            long seen = Interlocked.CompareExchange(ref _held, sequence + 1, held);
            if (seen == held)
            {
                _log.Relieve();
                return;
            }

            held = seen;
        }
    }

    /// <summary>Goes on at another position. What the reader held is held no longer, except from that position on.</summary>
    public void Seek(LogPosition position) => _log.Seek(this, position);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _log.Close(this);
        if (TryClaim())
        {
            _source.SetResult(false);
        }
    }

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        _registration.Dispose();
        _registration = default;
        return _source.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _source.OnCompleted(continuation, state, token, flags);

    /// <summary>Takes the place of a position as it is now. Under the log's lock.</summary>
    internal void JoinLocked(LogPosition position)
    {
        _chunk = null;
        _wasLossy = false;
        if (position.Where == LogPosition.Place.AfterSequence)
        {
            _position = Math.Min(position.Sequence + 1, _log.NextSequence);
            (_needsKey, _lastCapture) = (false, _log.CaptureOfLocked(_position));
        }
        else if (_log.ResolveLocked(position) is { } found)
        {
            (_position, _needsKey, _lastCapture) = (found.Sequence, false, found.Capture);
        }
        else
        {
            (_position, _needsKey, _lastCapture) = (_log.NextSequence, true, _log.NewestCapture);
        }

        Volatile.Write(ref _held, Options.Lossless && !_needsKey ? _position : long.MaxValue);
    }

    /// <summary>The first key unit came that a lossless reader waits for: from now on it holds. Under the log's lock.</summary>
    internal void OnKeyLocked(long sequence)
    {
        if (Held == long.MaxValue)
        {
            Volatile.Write(ref _held, sequence);
        }
    }

    internal bool TryEnlist() => Interlocked.Exchange(ref _enlisted, 1) == 0;

    internal void Delist() => Interlocked.Exchange(ref _enlisted, 0);

    /// <summary>Completes the wait if what it waits for is there and nobody else completed it.</summary>
    internal bool WakeIfDue()
    {
        if (!IsDue() || !TryClaim())
        {
            return !IsWaiting;
        }

        _source.SetResult(IsOpen);
        return true;
    }

    private bool IsOpen => Volatile.Read(ref _disposed) == 0 && !_log.HasEnded;

    private bool TryClaim() => Interlocked.CompareExchange(ref _state, Idle, Waiting) == Waiting;

    private bool IsDue() =>
        !IsOpen
        || _log.NextSequence > WakeSequence
        || _log.NewestCapture.Nanoseconds >= WakeCapture
        || _log.NewestKey >= WakeKey
        || Volatile.Read(ref _woken) != 0;

    private (long Sequence, long Capture, long Key) WhatIsAwaited()
    {
        if (_needsKey)
        {
            return (long.MaxValue, long.MaxValue, _position);
        }

        if (Options.MinimumMedia == MediaSpan.Zero)
        {
            return (_position, long.MaxValue, long.MaxValue);
        }

        long capture = _lastCapture.IsKnown ? (_lastCapture + Options.MinimumMedia).Nanoseconds : long.MinValue;
        return (_position + LogReaderOptions.MaxUnitsWaiting, capture, _position);
    }

    private ValueTask<bool> WaitAsync(long sequence, long capture, long key, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellation);
        }

        (WakeSequence, WakeCapture, WakeKey) = (sequence, capture, key);
        if (IsDue())
        {
            Volatile.Write(ref _woken, 0);
            return new ValueTask<bool>(IsOpen);
        }

        _source.Reset();
        _cancellation = cancellation;
        Interlocked.Exchange(ref _state, Waiting);
        _waiters.Enlist(this);
        _registration = cancellation.UnsafeRegister(static reader => ((LogReader)reader!).Cancel(), this);
        if (IsDue() && TryClaim())
        {
            _registration.Dispose();
            Volatile.Write(ref _woken, 0);
            return new ValueTask<bool>(IsOpen);
        }

        return new ValueTask<bool>(this, _source.Version);
    }

    private void Cancel()
    {
        if (TryClaim())
        {
            _source.SetException(new OperationCanceledException(_cancellation));
        }
    }

    /// <summary>The chunk of the next unit, held; a gap is put out when units before it are lost. Null when nothing is there.</summary>
    private GopChunk? EnterChunk(Span<LogItem> into, ref int filled)
    {
        if (_chunk is { } known)
        {
            if (known.TryHold(_chunkId, out bool mustRelease))
            {
                if (!IsTooFarBehind(known))
                {
                    return known;
                }

                _log.Release(known);
                return Rejoin(LogGapCause.Lag, into, ref filled);
            }

            if (mustRelease)
            {
                _log.Release(known);
            }

            _chunk = null;
        }

        if (!_needsKey && _log.HoldChunkOf(_position) is { } found)
        {
            return Remember(found);
        }

        if (_log.HasEnded || _log.NextSequence == _position)
        {
            return null;
        }

        return Rejoin(Options.Lossless ? _log.LossCause : LogGapCause.Overtaken, into, ref filled);
    }

    private GopChunk Remember(GopChunk chunk)
    {
        (_chunk, _chunkId) = (chunk, chunk.Id);
        return chunk;
    }

    private bool IsTooFarBehind(GopChunk chunk)
    {
        int index = (int)(_position - chunk.First);
        return !Options.Lossless
            && index < chunk.Count
            && _log.NewestKey > _position
            && _log.NewestCapture - chunk[index].Unit.Capture > Options.LagLimit;
    }

    /// <summary>Goes to the key unit where reading can go on: the next one for a lossless reader, the newest for a live one.</summary>
    private GopChunk? Rejoin(LogGapCause cause, Span<LogItem> into, ref int filled)
    {
        if (!_needsKey)
        {
            _wasLossy = true;
        }
        else if (Options.Lossless && !_wasLossy && Held != long.MaxValue)
        {
            Volatile.Write(ref _position, Held);
            _wasLossy = true;
        }

        if (_log.HoldKeyChunk(_position, first: Options.Lossless) is not { } chunk)
        {
            _needsKey = true;
            return null;
        }

        _needsKey = false;
        if (_wasLossy && chunk.First > _position)
        {
            var gap = new LogGap(_position, chunk.First, _lastCapture, chunk.Capture, cause);
            into[filled++] = new LogItem(gap, chunk[0].Formats);
            Volatile.Write(ref _missed, _missed + gap.Units);
        }

        _wasLossy = false;
        _lastCapture = chunk.Capture;
        Volatile.Write(ref _position, chunk.First);
        if (Options.Lossless)
        {
            Volatile.Write(ref _held, Math.Max(_held, chunk.First));
        }

        return Remember(chunk);
    }

    /// <summary>Copies entries. True when the chunk is finished and the next one was entered.</summary>
    private bool Copy(GopChunk chunk, Span<LogItem> into, ref int filled)
    {
        // In this order: with a successor the count is final.
        GopChunk? next = chunk.Next;
        int count = chunk.Count;
        int index = (int)(_position - chunk.First);
        bool dropsDisposable = DropsDisposable(chunk, index, count);
        for (; index < count && filled < into.Length; index++)
        {
            ref readonly LogEntry entry = ref chunk[index];
            if (dropsDisposable && (entry.Unit.Flags & UnitFlags.Disposable) != 0)
            {
                Volatile.Write(ref _missed, _missed + 1);
                continue;
            }

            entry.Unit.AddReference();
            into[filled++] = new LogItem(entry.Unit, chunk.First + index, entry.Formats);
            _lastCapture = entry.Unit.Capture.IsKnown ? entry.Unit.Capture : _lastCapture;
        }

        Volatile.Write(ref _position, chunk.First + index);
        if (index < count || next is null)
        {
            return false;
        }

        (_chunk, _chunkId) = (next, chunk.Id + 1);
        return true;
    }

    private bool DropsDisposable(GopChunk chunk, int index, int count) =>
        !Options.Lossless
        && Options.Strategy == LagStrategy.LowestPriority
        && index < count
        && (_log.NewestCapture - chunk[index].Unit.Capture).Nanoseconds > Options.LagLimit.Nanoseconds / 2;
}
