using Rig.Media.Mp4;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Log;

namespace Rig.Streams.Recording;

/// <summary>
/// Records one camera for one session: a lossless reader of its log that decides which unit goes into which segment. One asynchronous flow
/// does everything; what comes from outside (stop, timers) only wakes it. Here: start, stop, reading. In CameraRecorder.Cuts.cs: which unit
/// goes where; in CameraRecorder.Faults.cs: writing, and what a disk may do. Not here: bytes of a file
/// (<see cref="SegmentRecording"/>), and what is done about a failure (the actor).
/// </summary>
/// <remarks>
/// Units stay held in the log until they are durable, so that a segment that cannot be written is taken up again by the next one: from
/// the last key unit on, with an edit list that hides what the segment before already presents.
/// </remarks>
public sealed partial class CameraRecorder : IAsyncDisposable
{
    private const int BatchUnits = 256;

    /// <summary>How much media a reader lets gather before it wakes the recorder: 625 KB of 50 Mbit/s.</summary>
    private static readonly MediaSpan WakeSpan = MediaSpan.FromMilliseconds(100);

    /// <summary>Audio may come so much later than the pictures of its time before a segment is closed without it.</summary>
    private static readonly MediaSpan LateAudio = MediaSpan.FromSeconds(1);

    private readonly GopLog _log;
    private readonly RecorderContext _context;
    private readonly SegmentCloser _closer;
    private readonly ITimer _timer;
    private readonly LogItem[] _batch = new LogItem[BatchUnits];
    private readonly PendingUnits _early = new();
    private readonly List<SegmentGap> _gaps = [];
    private LogReader? _reader;
    private LogReader? _waker;
    private SegmentPlan? _plan;
    private FormatSet? _planFormats;
    private SegmentRecording? _current;
    private SegmentRecording? _lingering;
    private UtcInstant _lingerUntil;
    private ulong _movedOn;
    private ulong _done;
    private long _next;
    private long _lastFlush;
    private DiskFaultState? _fault;
    private bool _recovering;
    private int _faults;
    private UtcInstant _lastCapture = UtcInstant.Unknown;
    private UtcInstant _captureBefore = UtcInstant.Unknown;
    private StopRequest? _stop;
    private int _state = (int)RecorderState.Idle;
    private int _segments;
    private long _undecodable;
    private long _acknowledged = -1;
    private string? _path;

    private CameraRecorder(GopLog log, RecorderContext context)
    {
        (_log, _context) = (log, context);
        _closer = new SegmentCloser(context);
        _timer = context.Time.CreateTimer(
            static recorder => Volatile.Read(ref ((CameraRecorder)recorder!)._waker)?.Wake(),
            this,
            context.Options.TendInterval,
            context.Options.TendInterval
        );
        Completion = RunAsync();
    }

    private sealed record StopRequest(UtcInstant At, long Deadline);

    private sealed record DiskFaultState(long Resume, int Attempt, long Since);

    /// <summary>Completes when the session is over for this camera and all files are closed or given up; never faults.</summary>
    public Task Completion { get; }

    public RecorderState State => (RecorderState)Volatile.Read(ref _state);

    /// <summary>Begins: waits for T0 and a key unit, then records until <see cref="Stop"/> or the end of the log.</summary>
    /// <exception cref="ArgumentException">An id of the request cannot be part of a file name.</exception>
    public static CameraRecorder Start(
        GopLog log,
        RecordingRequest request,
        ISegmentFiles files,
        DiskThreads disk,
        IRecorderObserver observer,
        RecorderOptions? options = null,
        TimeProvider? time = null
    )
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(request);
        SegmentName.Check(request.SessionId, nameof(request));
        SegmentName.Check(request.CameraId, nameof(request));
        return new CameraRecorder(
            log,
            new RecorderContext(request, options ?? new RecorderOptions(), files, disk, time ?? TimeProvider.System, observer)
        );
    }

    /// <summary>Names an instant; a chapter of the segment that presents it.</summary>
    public void AddMark(SegmentMark mark) => _context.AddMark(mark);

    public RecorderStatistics GetStatistics() =>
        new()
        {
            State = State,
            Path = Volatile.Read(ref _path),
            Segments = Volatile.Read(ref _segments),
            WrittenBytes = _context.WrittenBytes,
            DurableBytes = _context.DurableBytes,
            LastDurable = _context.LastDurable,
            DurableSequence = Volatile.Read(ref _acknowledged),
            Units = _context.Units,
            Frames = _context.Frames,
            DroppedUnits = _context.Dropped,
            DiskFault = Volatile.Read(ref _fault) is not null,
        };

    /// <summary>Stops with what is there and waits until the files are closed.</summary>
    public async ValueTask DisposeAsync()
    {
        Stop(UtcInstant.Unknown);
        await Completion;
        await _timer.DisposeAsync();
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        try
        {
            SetState(RecorderState.Arming);
            if (await ArmAsync())
            {
                await RecordAsync();
            }

            SetState(RecorderState.Finalizing);
            await FinishAsync();
            SetState(RecorderState.Idle);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            await LeaveAsync();
            SetState(RecorderState.Failed);
            _context.Observer.OnFailed(error);
        }
        finally
        {
            _early.Clear();
            Volatile.Write(ref _waker, null);
            _reader?.Dispose();
            await _timer.DisposeAsync();
        }
    }

    private void SetState(RecorderState state)
    {
        Volatile.Write(ref _state, (int)state);
        _context.Observer.OnState(state);
    }

    /// <summary>Waits for T0 and decides where to begin. False when stopped before.</summary>
    private async Task<bool> ArmAsync()
    {
        RecordingRequest request = _context.Request;
        if (request.Start.IsKnown && request.AfterSequence is null)
        {
            using LogReader waiting = _log.OpenReader(LogPosition.NewestKey);
            Volatile.Write(ref _waker, waiting);
            while (_log.NewestCapture < request.Start && IsAhead(request.Start) && !_log.HasEnded)
            {
                if (_stop is { } stop && (stop.At <= request.Start || IsPast(stop)))
                {
                    return false;
                }

                await waiting.WaitForCaptureAsync(request.Start);
            }
        }

        var options = new LogReaderOptions
        {
            Lossless = true,
            ManualAcknowledge = true,
            MinimumMedia = _context.Options.FragmentSpan < WakeSpan ? _context.Options.FragmentSpan : WakeSpan,
        };
        LogPosition position = request.AfterSequence is { } after ? ResumeAt(after + 1) : BeginAt(request.Start);
        _reader = _log.OpenReader(position, options);
        Volatile.Write(ref _waker, _reader);
        return true;
    }

    /// <summary>A T0 that has passed need not be in the log yet: what is there can be written, and the edit list says the rest.</summary>
    private bool IsAhead(UtcInstant start) => UtcInstant.From(_context.Time.GetUtcNow()) < start;

    private LogPosition BeginAt(UtcInstant start)
    {
        (long Sequence, UtcInstant Capture)? key = start.IsKnown ? _log.FindKey(start) : _log.FindKey(long.MaxValue);
        if (key is not { } found)
        {
            _plan = new SegmentPlan(0, 0, start, MediaSpan.Zero);
            return LogPosition.NewestKey;
        }

        MediaSpan late = start.IsKnown && found.Capture > start ? found.Capture - start : MediaSpan.Zero;
        _plan = new SegmentPlan(found.Sequence, found.Sequence, start, late);

        // One GOP earlier: sound of this GOP's time may have come before its pictures.
        _next = _log.FindKey(found.Sequence - 1) is { } previous ? Math.Min(previous.Sequence, found.Sequence) : found.Sequence;
        return LogPosition.After(_next - 1);
    }

    /// <summary>Goes on with the unit of a number: from the last key unit on, what lies between hidden; with the next key unit when that has gone.</summary>
    private LogPosition ResumeAt(long cut)
    {
        _next = cut;
        if (_log.FindKey(cut) is not { } key || key.Sequence > cut)
        {
            _plan = new SegmentPlan(cut, cut, UtcInstant.Unknown, MediaSpan.Zero);
            return LogPosition.After(cut - 1);
        }

        UtcInstant start =
            key.Sequence == cut ? UtcInstant.Unknown : _log.FindCaptureFrom(cut) ?? new UtcInstant(_log.NewestCapture.Nanoseconds + 1);
        _plan = new SegmentPlan(key.Sequence, cut, start, MediaSpan.Zero);
        return LogPosition.After(key.Sequence - 1);
    }

    private async Task RecordAsync()
    {
        LogReader reader = _reader!;
        bool open = true;
        while (open && !IsFinished())
        {
            if (_fault is null && reader.TryRead(_batch) is > 0 and int count)
            {
                await RouteBatchAsync(count);
                await TendAsync();
                continue;
            }

            await TendAsync();
            open = _fault is not null ? await reader.WaitForCaptureAsync(new UtcInstant(long.MaxValue)) : await reader.WaitToReadAsync();
        }
    }

    private async Task RouteBatchAsync(int count)
    {
        int index = 0;
        try
        {
            for (bool goesOn = true; goesOn && index < count; index++)
            {
                LogItem item = _batch[index];
                _next = item.Sequence;
                goesOn = await RouteAsync(item);
            }
        }
        finally
        {
            for (; index < count; index++)
            {
                _batch[index].Release();
            }

            _batch.AsSpan(0, count).Clear();
        }

        if (_current is { IsOpen: false, Pending.Count: > 0 } segment && IsSettled(segment))
        {
            await WriteAsync(segment);
        }
    }

    /// <summary>A file that has begun can go on; a new one begins when its tracks are known.</summary>
    private bool MayWrite(SegmentRecording segment) => segment.IsOpen || IsSettled(segment);

    /// <summary>Whether all tracks are known that a file should begin with: sound is announced a little after the first picture of a camera.</summary>
    private bool IsSettled(SegmentRecording segment)
    {
        if (segment.Formats.IsWhole)
        {
            return true;
        }

        MediaSpan span = segment.Formats.IsAnnounced ? _context.Options.AnnouncedSpan : _context.Options.SettleSpan;
        GopLogStatistics log = _log.GetStatistics();
        return log.Newest - log.Oldest >= span || _context.Time.GetElapsedTime(_lastFlush) >= span.ToTimeSpan();
    }

    /// <summary>Takes one item, with its reference. False when the rest of the batch does not follow it: reading goes on elsewhere.</summary>
    private async ValueTask<bool> RouteAsync(LogItem item)
    {
        if (item.Gap is { } gap)
        {
            // What the log's reader read last may have been taken back since: what counts is what the files have.
            UtcInstant from = _lastCapture.IsKnown ? _lastCapture : gap.From;
            NoteGap(new SegmentGap(from, gap.To, gap.Units, SegmentGapCause.MemoryUsedUp, gap.Cause));
            return true;
        }

        bool isMain = item.Unit.Track == item.Formats.MainTrack;
        if (IsBeyondEnd(item))
        {
            _next = item.Sequence + 1;
            item.Release();
            return true;
        }

        if (_current is null && !TryBegin(item, isMain))
        {
            _next = item.Sequence + 1;
            return true;
        }

        SegmentRecording current = _current!;
        if (item.Sequence >= current.Plan.Cut && !ReferenceEquals(item.Formats, current.Formats))
        {
            bool isSame = current.Formats.IsSameStreamsAs(item.Formats);
            if (!isSame && !current.TryWiden(item.Formats))
            {
                return await ChangeFormatAsync(item, isMain);
            }

            current.Formats = item.Formats;
        }

        if (isMain && item.Unit.IsKey && !await CutAtKeyAsync(item))
        {
            item.Release();
            return false;
        }

        Deliver(item, isMain);
        _next = item.Sequence + 1;
        bool isDue = _current!.PendingSpan >= _context.Options.FragmentSpan || _current.Pending.Bytes >= _context.Options.FragmentBytes;
        return !isDue || !MayWrite(_current) || await WriteAsync(_current);
    }

    private void Acknowledge()
    {
        long undurable = Math.Min(_fault?.Resume ?? _next, Math.Min(_early.First, _closer.FirstUndurable));
        undurable = Math.Min(undurable, _current?.FirstUndurable ?? long.MaxValue);
        undurable = Math.Min(undurable, _lingering?.FirstUndurable ?? long.MaxValue);
        if (undurable - 1 > _acknowledged)
        {
            Volatile.Write(ref _acknowledged, undurable - 1);
            _reader!.Acknowledge(undurable - 1);
        }
    }

    private void NoteGap(SegmentGap gap)
    {
        _context.CountDropped(gap.Units);
        _context.Observer.OnGap(gap);
        if (_current is { } current)
        {
            current.AddGap(gap);
        }
        else
        {
            _gaps.Join(gap);
        }
    }

    private async Task FinishAsync()
    {
        CloseLingering();
        if (_fault is { } fault)
        {
            long lost = _log.NextSequence - fault.Resume;
            NoteGap(new SegmentGap(_lastCapture, _log.NewestCapture, lost, SegmentGapCause.MemoryUsedUp));
        }

        if (_current is { } current)
        {
            _current = null;
            _closer.Close(current);
        }

        await _closer.CompleteAsync();
        if (_reader is not null)
        {
            Acknowledge();
        }

        _closer.ThrowIfFailed();
    }

    /// <summary>After a bug: files stay as they are, memory is given back.</summary>
    private async Task LeaveAsync()
    {
        SegmentRecording?[] open = [_current, _lingering];
        (_current, _lingering) = (null, null);
        foreach (SegmentRecording? segment in open)
        {
            if (segment is not null)
            {
                await segment.LeaveAsync();
            }
        }

        await _closer.CompleteAsync();
    }
}
