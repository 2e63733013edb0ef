using System.Diagnostics;
using Rig.Media;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Streams.Log;

/// <summary>
/// A camera's newest GOPs in memory: written once, read by any number of readers, nothing copied. One thread writes (what a
/// <c>Timeline</c> gives out: continuous times, known capture instants); readers come and go on any thread.
/// Here: the order of chunks, what is evicted and when. Not here: finding places in it (GopLog.Places.cs), cursors (<see cref="LogReader"/>), waking (<see cref="LogWaiters"/>),
/// watermarks (<see cref="LogPressure"/>), and any policy of a consumer.
/// </summary>
/// <remarks>
/// The log is a list of <see cref="GopChunk"/>s. A chunk begins at a key unit of the main track, or where a GOP is cut by force because it
/// outgrew <see cref="StreamLimits.UnitsPerGop"/> or an eighth of the byte limit. What no lossless reader holds goes when the chunk after it
/// is older than the pre-roll, or when it takes more than the low watermark's part of the limit; what one holds goes only at the limit itself.
/// Age is log time: it advances with the capture instants at chunk starts, but never backwards and never by more than the pre-roll at
/// once, so that a step of a clock neither empties the log nor stops its eviction.
/// </remarks>
public sealed partial class GopLog : IAccessUnitSink, IDisposable
{
    /// <summary>Units of all tracks in a chunk before it is cut: audio and data beside <see cref="StreamLimits.UnitsPerGop"/> pictures.</summary>
    private const int UnitsPerChunk = 4 * StreamLimits.UnitsPerGop;

    /// <summary>Pieces of a GOP after which its oldest piece may go by age: about 40 s of pictures without a key unit.</summary>
    private const int PiecesPerGop = 4;

    /// <summary>A chunk is cut when it holds this part of the byte limit, so that eviction at the limit never takes everything.</summary>
    private const int ChunksPerLimit = 8;

    private readonly Lock _gate = new();
    private readonly List<LogReader> _lossless = [];
    private readonly GopLogOptions _options;
    private readonly LogBudget _budget;
    private readonly IGopLogObserver? _observer;
    private readonly LogPressure _pressure;
    private readonly LogWaiters _waiters;
    private readonly long[] _faults = new long[Enum.GetValues<StreamFaultKind>().Length];

    private FormatSet _formats = FormatSet.Empty;
    private GopChunk? _oldest;
    private GopChunk? _newest;
    private GopChunk? _free;
    private MediaSpan _time;
    private UtcInstant _chunkCapture = UtcInstant.Unknown;
    private long _nextId;
    private int _chunks;
    private long _bytes;
    private long _lost;
    private long _rejected;
    private int _readers;
    private bool _ended;
    private LogGapCause _lossCause = LogGapCause.CameraMemory;

    private long _nextSequence;
    private long _newestCapture = long.MinValue;
    private long _newestKey = -1;

    public GopLog(GopLogOptions? options = null, LogBudget? budget = null, IGopLogObserver? observer = null)
    {
        _options = options ?? new GopLogOptions();
        _budget = budget ?? new LogBudget(long.MaxValue);
        _observer = observer;
        _pressure = new LogPressure(_options, observer);
        _waiters = new LogWaiters(this);
        _budget.Join();
    }

    /// <summary>Sequence number of the next unit: the number of units written so far.</summary>
    public long NextSequence => Volatile.Read(ref _nextSequence);

    /// <summary>Capture instant of the newest unit.</summary>
    public UtcInstant NewestCapture => new(Volatile.Read(ref _newestCapture));

    /// <summary>Sequence number of the newest key unit that begins a GOP in the log; -1 when there is none.</summary>
    public long NewestKey => Volatile.Read(ref _newestKey);

    /// <summary>The formats of the newest unit's instant.</summary>
    public FormatSet Formats => Volatile.Read(ref _formats);

    /// <summary>Whether sources that can wait should (<see cref="WhenWritableAsync"/>). Units are taken all the same.</summary>
    public bool UnderPressure => _pressure.IsActive;

    /// <summary>The log was disposed of: nothing more comes.</summary>
    public bool HasEnded => Volatile.Read(ref _ended);

    /// <inheritdoc/>
    public void OnUnit(in AccessUnit unit)
    {
        FormatSet formats = _formats;
        GopChunk? evicted = null;
        long lost;
        bool tell;
        lock (_gate)
        {
            if (_ended || formats[unit.Track] is null)
            {
                _rejected++;
                unit.Release();
                return;
            }

            UtcInstant capture = CaptureOf(unit);
            if (StartsChunk(unit, formats, capture, out bool startsAtKey))
            {
                Open(startsAtKey, capture);
                EvictOld(ref evicted);
            }

            Append(unit, formats, capture);
            lost = EvictForBytes(ref evicted);
            tell = _pressure.Update(_bytes, Limit());
            AssertInvariants();
        }

        Recycle(evicted);
        _waiters.OnPublished();
        Tell(tell, lost);
    }

    /// <summary>Completes when the log is not under pressure; for the source that can wait. Ends too when the log does.</summary>
    public ValueTask WhenWritableAsync(CancellationToken cancellation = default) => _pressure.WhenWritableAsync(cancellation);

    /// <summary>A new reader at a position. It must be disposed of.</summary>
    public LogReader OpenReader(LogPosition position, LogReaderOptions? options = null)
    {
        var reader = new LogReader(this, _waiters, options ?? LogReaderOptions.Live);
        lock (_gate)
        {
            _readers++;
            if (reader.Options.Lossless)
            {
                _lossless.Add(reader);
            }

            reader.JoinLocked(position);
        }

        return reader;
    }

    public GopLogStatistics GetStatistics()
    {
        lock (_gate)
        {
            long oldest = _oldest?.First ?? _nextSequence;
            long held = LowestHeld();
            return new GopLogStatistics
            {
                Units = _nextSequence - oldest,
                Bytes = _bytes,
                Chunks = _chunks,
                OldestSequence = oldest,
                NextSequence = _nextSequence,
                Oldest = _oldest?.Capture ?? UtcInstant.Unknown,
                Newest = NewestCapture,
                Evicted = oldest,
                Lost = _lost,
                Rejected = _rejected,
                UnderPressure = _pressure.IsActive,
                Pressures = _pressure.Count,
                Readers = _readers,
                LosslessLag = held == long.MaxValue ? 0 : _nextSequence - held,
            };
        }
    }

    /// <summary>Ends the log: releases everything, wakes all readers and waiting writers.</summary>
    public void Dispose()
    {
        GopChunk? evicted = null;
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            Volatile.Write(ref _ended, true);
            while (_oldest is not null)
            {
                Unlink(ref evicted);
            }

            _pressure.Update(0, 1);
        }

        Recycle(evicted);
        _budget.Leave();
        _waiters.Queue();
        _pressure.Tell();
        _pressure.ReleaseWriters();
    }

    /// <summary>A lossless reader has let go of units: under pressure nobody may be writing, so that it is the reader who evicts.</summary>
    internal void Relieve()
    {
        if (!_pressure.IsActive)
        {
            return;
        }

        GopChunk? evicted = null;
        long lost;
        bool tell;
        lock (_gate)
        {
            lost = EvictForBytes(ref evicted);
            tell = _pressure.Update(_bytes, Limit());
            AssertInvariants();
        }

        Recycle(evicted);
        Tell(tell, lost);
    }

    private void Tell(bool pressureChanged, long lost)
    {
        if (pressureChanged)
        {
            _pressure.Tell();
        }

        if (lost > 0)
        {
            _observer?.OnLoss(lost, _lossCause);
        }
    }

    private UtcInstant CaptureOf(in AccessUnit unit)
    {
        UtcInstant capture = unit.Capture.IsKnown ? unit.Capture : unit.Arrival;
        return capture.IsKnown ? capture : NewestCapture;
    }

    private bool StartsChunk(in AccessUnit unit, FormatSet formats, UtcInstant capture, out bool startsAtKey)
    {
        bool isMainKey = unit.IsKey && unit.Track == formats.MainTrack;
        if (_newest is not { } newest)
        {
            startsAtKey = isMainKey;
            return true;
        }

        // Without video every unit is a key unit: a chunk each would make the index as long as the log.
        startsAtKey =
            isMainKey && (formats.HasVideo || !newest.StartsAtKey || (capture - newest.Capture).Abs() >= _options.CutWithoutVideo);
        return startsAtKey
            || newest.MainUnits >= StreamLimits.UnitsPerGop
            || newest.Count >= UnitsPerChunk
            || newest.Bytes >= _options.MaxBytes / ChunksPerLimit;
    }

    private void Open(bool startsAtKey, UtcInstant capture)
    {
        MediaSpan step = _chunkCapture.IsKnown && capture > _chunkCapture ? capture - _chunkCapture : MediaSpan.Zero;
        _time += step < _options.PreRoll ? step : _options.PreRoll;
        _chunkCapture = capture;

        GopChunk chunk = _free ?? new GopChunk();
        _free = chunk.Link;
        chunk.Link = null;
        chunk.Open(_nextId++, _nextSequence, startsAtKey, capture, _time);
        if (_newest is { } newest)
        {
            newest.Next = chunk;
        }
        else
        {
            _oldest = chunk;
        }

        _newest = chunk;
        _chunks++;
        if (startsAtKey)
        {
            foreach (LogReader reader in _lossless)
            {
                reader.OnKeyLocked(chunk.First);
            }
        }
    }

    private void Append(in AccessUnit unit, FormatSet formats, UtcInstant capture)
    {
        GopChunk chunk = _newest!;
        chunk.Append(unit, formats, unit.Track == formats.MainTrack);
        long cost = unit.Length + GopLogOptions.UnitOverhead;
        _bytes += cost;
        _budget.Add(cost);
        Volatile.Write(ref _newestCapture, capture.Nanoseconds);
        if (chunk.StartsAtKey)
        {
            Volatile.Write(ref _newestKey, chunk.First);
        }

        Volatile.Write(ref _nextSequence, _nextSequence + 1);
    }

    /// <summary>Bytes that this log may hold at this moment.</summary>
    private long Limit() => _budget.IsScarce ? Math.Min(_options.MaxBytes, _budget.Share) : _options.MaxBytes;

    private void EvictOld(ref GopChunk? evicted)
    {
        while (
            _oldest is { Next: { } next }
            && next.Time <= _time - _options.PreRoll
            && (next.StartsAtKey || HasManyPieces())
            && !IsOldestHeld()
        )
        {
            Unlink(ref evicted);
        }
    }

    /// <summary>Keeps the limit. Returns how many units went that a lossless reader had not acknowledged.</summary>
    private long EvictForBytes(ref GopChunk? evicted)
    {
        long limit = Limit();
        while (_bytes > limit * _options.LowWatermark && HasLaterKey() && !IsOldestHeld())
        {
            UnlinkGop(ref evicted);
        }

        long lost = 0;
        while (_bytes > limit && _oldest is not null)
        {
            long held = Math.Max(LowestHeld(), _oldest.First);
            UnlinkGop(ref evicted);
            lost += Math.Max(0, (_oldest?.First ?? _nextSequence) - held);
        }

        if (lost > 0)
        {
            _lossCause = limit < _options.MaxBytes ? LogGapCause.NodeMemory : LogGapCause.CameraMemory;
            _lost += lost;
        }

        return lost;
    }

    private void UnlinkGop(ref GopChunk? evicted)
    {
        do
        {
            Unlink(ref evicted);
        } while (_oldest is { StartsAtKey: false });
    }

    private void Unlink(ref GopChunk? evicted)
    {
        GopChunk chunk = _oldest!;
        _oldest = chunk.Next;
        _chunks--;
        _bytes -= chunk.Bytes;
        _budget.Add(-chunk.Bytes);
        if (_oldest is null)
        {
            _newest = null;
            Volatile.Write(ref _newestKey, -1);
        }
        else if (NewestKey == chunk.First)
        {
            Volatile.Write(ref _newestKey, -1);
        }

        chunk.Link = evicted;
        evicted = chunk;
    }

    /// <summary>Outside the lock: lets go of chunks that went, and keeps those for use again that no reader is copying from.</summary>
    private void Recycle(GopChunk? evicted)
    {
        while (evicted is { } chunk)
        {
            evicted = chunk.Link;
            Release(chunk);
        }
    }

    private void Keep(GopChunk chunk)
    {
        chunk.Link = _free;
        _free = chunk;
    }

    private bool HasLaterKey() => _oldest is { } oldest && NewestKey > oldest.First;

    private bool HasManyPieces()
    {
        int pieces = 1;
        for (GopChunk? chunk = _oldest!.Next; chunk is { StartsAtKey: false }; chunk = chunk.Next)
        {
            pieces++;
        }

        return pieces > PiecesPerGop;
    }

    /// <summary>Whether a lossless reader still needs the oldest GOP: what it has not acknowledged, from the key unit on that it decodes from.</summary>
    private bool IsOldestHeld()
    {
        long held = LowestHeld();
        if (held == long.MaxValue)
        {
            return false;
        }

        GopChunk? next = _oldest!.Next;
        while (next is { StartsAtKey: false })
        {
            next = next.Next;
        }

        return next is null || held < next.First;
    }

    private long LowestHeld()
    {
        long lowest = long.MaxValue;
        foreach (LogReader reader in _lossless)
        {
            lowest = Math.Min(lowest, reader.Held);
        }

        return lowest;
    }

    /// <summary>Another track begins the GOPs from now on (video came after audio): where the old one had its key units nobody can start any more.</summary>
    private void ForgetKeys()
    {
        lock (_gate)
        {
            for (GopChunk? chunk = _oldest; chunk is not null; chunk = chunk.Next)
            {
                chunk.StartsAtKey = false;
            }

            Volatile.Write(ref _newestKey, -1);
        }
    }

    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "Invariants are asserted under the lock.");
        long bytes = 0;
        long newestKey = -1;
        int chunks = 0;
        for (GopChunk? chunk = _oldest; chunk is not null; chunk = chunk.Next)
        {
            chunks++;
            bytes += chunk.Bytes;
            newestKey = chunk.StartsAtKey ? chunk.First : newestKey;
            Debug.Assert(chunk.Count > 0, "No chunk is empty.");
            Debug.Assert(chunk.Next is null || chunk.Next.Id == chunk.Id + 1, "Chunk ids are consecutive.");
            Debug.Assert(chunk.Next is null || chunk.Next.First == chunk.End, "A chunk begins with the unit after its predecessor's last.");
            Debug.Assert(chunk.Next is not null || ReferenceEquals(chunk, _newest), "The newest chunk is the end of the list.");
        }

        Debug.Assert(chunks == _chunks, "The number of chunks is the length of the list.");
        Debug.Assert(bytes == _bytes, "The log's bytes are the sum of its chunks'.");
        Debug.Assert(_newest is null || _newest.End == _nextSequence, "The next unit follows the newest chunk.");
        Debug.Assert(newestKey == NewestKey, "The newest key unit is that of the newest chunk that starts with one.");
        Debug.Assert(_bytes <= _options.MaxBytes, "The byte limit holds after every unit.");
    }
}
