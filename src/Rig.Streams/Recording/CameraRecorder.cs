using Rig.Media.Mp4;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Log;

namespace Rig.Streams.Recording;

/// <summary>
/// Records one camera for one session: a lossless reader of its log that decides which unit goes into which segment. One asynchronous flow
/// does everything; what comes from outside (stop, timers) only wakes it. Here: start, stop, cuts, faults. Not here: bytes of a file
/// (<see cref="SegmentRecording"/>), and what is done about a failure (the actor).
/// </summary>
/// <remarks>
/// Units stay held in the log until they are durable, so that a segment that cannot be written is taken up again by the next one: from
/// the last key unit on, with an edit list that hides what the segment before already presents.
/// </remarks>
public sealed class CameraRecorder : IAsyncDisposable
{
    private const int BatchUnits = 256;

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
    private StopRequest? _stop;
    private int _state = (int)RecorderState.Idle;
    private int _segments;
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

    /// <summary>Ends the recording with the last unit presented before T1, which may lie ahead. Unknown: with what has been written to the log. The first call counts.</summary>
    public void Stop(UtcInstant end)
    {
        TimeProvider time = _context.Time;
        var now = UtcInstant.From(time.GetUtcNow());
        MediaSpan ahead = end.IsKnown && end > now ? end - now : MediaSpan.Zero;
        TimeSpan wait = end.IsKnown ? ahead.ToTimeSpan() + _context.Options.StopGrace : TimeSpan.Zero;
        long deadline = time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);
        Interlocked.CompareExchange(ref _stop, new StopRequest(end, deadline), null);
        Volatile.Read(ref _waker)?.Wake();
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

    /// <summary>Waits until T0 is in the log and decides where to begin. False when stopped before.</summary>
    private async Task<bool> ArmAsync()
    {
        RecordingRequest request = _context.Request;
        if (request.Start.IsKnown && request.AfterSequence is null)
        {
            using LogReader waiting = _log.OpenReader(LogPosition.NewestKey);
            Volatile.Write(ref _waker, waiting);
            while (_log.NewestCapture < request.Start && !_log.HasEnded)
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
            MinimumMedia = _context.Options.FragmentSpan,
        };
        _reader = _log.OpenReader(LogPosition.NewestKey, options);
        Volatile.Write(ref _waker, _reader);
        if (request.AfterSequence is { } after)
        {
            ResumeAt(after + 1);
        }
        else
        {
            BeginAt(request.Start);
        }

        return true;
    }

    private void BeginAt(UtcInstant start)
    {
        (long Sequence, UtcInstant Capture)? key = start.IsKnown ? _log.FindKey(start) : _log.FindKey(long.MaxValue);
        if (key is not { } found)
        {
            _plan = new SegmentPlan(0, 0, start, MediaSpan.Zero);
            return;
        }

        MediaSpan late = start.IsKnown && found.Capture > start ? found.Capture - start : MediaSpan.Zero;
        _plan = new SegmentPlan(found.Sequence, found.Sequence, start, late);

        // One GOP earlier: sound of this GOP's time may have come before its pictures.
        _next = _log.FindKey(found.Sequence - 1) is { } previous ? Math.Min(previous.Sequence, found.Sequence) : found.Sequence;
        _reader!.Seek(LogPosition.After(_next - 1));
    }

    /// <summary>Goes on with the unit of a number: from the last key unit on, what lies between hidden; with the next key unit when that has gone.</summary>
    private void ResumeAt(long cut)
    {
        _next = cut;
        if (_log.FindKey(cut) is not { } key || key.Sequence > cut)
        {
            _plan = new SegmentPlan(cut, cut, UtcInstant.Unknown, MediaSpan.Zero);
            _reader!.Seek(LogPosition.After(cut - 1));
            return;
        }

        UtcInstant start =
            key.Sequence == cut ? UtcInstant.Unknown : _log.FindCaptureFrom(cut) ?? new UtcInstant(_log.NewestCapture.Nanoseconds + 1);
        _plan = new SegmentPlan(key.Sequence, cut, start, MediaSpan.Zero);
        _reader!.Seek(LogPosition.After(key.Sequence - 1));
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

        if (_current is { IsOpen: false, Pending.Count: > 0 } segment)
        {
            await WriteAsync(segment);
        }
    }

    /// <summary>Takes one item, with its reference. False when the rest of the batch does not follow it: reading goes on elsewhere.</summary>
    private async ValueTask<bool> RouteAsync(LogItem item)
    {
        if (item.Gap is { } gap)
        {
            NoteGap(new SegmentGap(gap.From, gap.To, gap.Units, SegmentGapCause.MemoryUsedUp, gap.Cause));
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
            if (!current.Formats.IsSameStreamsAs(item.Formats))
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
        return _current!.PendingSpan < _context.Options.FragmentSpan || await WriteAsync(_current);
    }

    private void Deliver(in LogItem item, bool isMain)
    {
        SegmentRecording segment = _current!;
        if (!isMain && _lingering is { } lingering)
        {
            ulong bit = 1UL << item.Unit.Track;
            segment = item.Unit.Capture < _lingerUntil && (_movedOn & bit) == 0 ? lingering : segment;
            _movedOn |= ReferenceEquals(segment, lingering) ? 0 : bit;
        }

        if (!segment.Takes(item.Unit.Track) || (!isMain && item.Sequence < segment.Plan.Cut && item.Unit.Capture < segment.FirstCapture))
        {
            item.Release();
            return;
        }

        if (isMain && (item.Unit.Flags & UnitFlags.Discontinuity) != 0 && _lastCapture.IsKnown && item.Sequence >= segment.Plan.Cut)
        {
            NoteGap(new SegmentGap(_lastCapture, item.Unit.Capture, 0, SegmentGapCause.Discontinuity));
        }

        segment.Add(item);
        _lastCapture = isMain ? item.Unit.Capture : _lastCapture;
    }

    /// <summary>Without a segment: begins one if this is the key unit to begin with; otherwise disposes of the unit.</summary>
    private bool TryBegin(in LogItem item, bool isMain)
    {
        SegmentPlan plan = _plan!;
        if (isMain && item.Unit.IsKey && item.Sequence >= plan.Key)
        {
            FormatSet formats = item.Sequence < plan.Cut && _planFormats is { } planned ? planned : item.Formats;
            bool decodable = item.Format.IsSameStreamAs(formats[item.Unit.Track] ?? item.Format);
            if (decodable && Media.Mp4.Mp4SegmentWriter.CanWrite(item.Format.Codec))
            {
                Begin(item, plan, formats);
                return true;
            }
        }

        if (!isMain && item.Unit.Capture >= plan.EditStart)
        {
            if (_early.Count == BatchUnits)
            {
                _early.Clear();
            }

            _early.Add(item);
            return false;
        }

        if (isMain && item.Sequence >= plan.Cut && item.Sequence >= plan.Key)
        {
            _context.CountDropped(1);
        }

        item.Release();
        return false;
    }

    private void Begin(in LogItem item, SegmentPlan plan, FormatSet formats)
    {
        UtcInstant start = _context.Request.Start;
        if (_segments == 0 && _context.Request.AfterSequence is null && start.IsKnown && item.Unit.Capture > start)
        {
            plan = plan with { Late = item.Unit.Capture - start };
        }

        // What was to be the beginning has gone: nothing before this unit was presented elsewhere.
        plan = item.Sequence > plan.Cut ? plan with { Key = item.Sequence, Cut = item.Sequence } : plan;
        _current = new SegmentRecording(_context, plan, formats);
        foreach (ref readonly LogItem early in _early.Items)
        {
            bool belongs = _current.Takes(early.Unit.Track) && early.Unit.Capture >= item.Unit.Capture && early.Sequence < item.Sequence;
            if (belongs && (early.Sequence >= plan.Cut || plan.Cut == plan.Key))
            {
                _current.Add(early);
            }
            else
            {
                early.Release();
            }
        }

        _early.Forget();
        _gaps.ForEach(_current.AddGap);
        _gaps.Clear();
        _planFormats = null;
        _segments++;
        if (State == RecorderState.Arming)
        {
            SetState(RecorderState.Recording);
        }
    }

    /// <summary>Ends a fragment, and the segment when its time has come. False after a disk fault.</summary>
    private async ValueTask<bool> CutAtKeyAsync(LogItem item)
    {
        SegmentRecording current = _current!;
        if (ShouldRotate(current, item))
        {
            return await RotateAsync(item);
        }

        bool worth = current.PendingSpan.Nanoseconds >= _context.Options.FragmentSpan.Nanoseconds / 2;
        return !worth || await WriteAsync(current);
    }

    private bool ShouldRotate(SegmentRecording current, in LogItem item)
    {
        RecorderOptions options = _context.Options;
        if (!current.FirstDecode.IsKnown || item.Sequence <= current.Plan.Cut)
        {
            return false;
        }

        if (options.RotatesByClock)
        {
            long span = options.RotationSpan.Nanoseconds;
            return item.Unit.Capture.Nanoseconds / span != current.FirstCapture.Nanoseconds / span;
        }

        return item.Format.Timescale.ToSpan(item.Unit.DecodeTime - current.FirstDecode) >= options.RotationSpan;
    }

    private async ValueTask<bool> RotateAsync(LogItem item)
    {
        CloseLingering();
        SegmentRecording old = _current!;
        var next = new SegmentRecording(
            _context,
            new SegmentPlan(item.Sequence, item.Sequence, UtcInstant.Unknown, MediaSpan.Zero),
            item.Formats
        );
        old.HandOver(item.Unit.Capture, next);
        if (!await WriteAsync(old))
        {
            WaitWithFault(Math.Min(_fault!.Resume, next.Pending.First));
            next.DropPending();
            return false;
        }

        (_current, _lingering, _lingerUntil, _movedOn) = (next, old, item.Unit.Capture, 0);
        _segments++;
        return true;
    }

    /// <summary>Closes the segment and begins another: with this unit if it is a key unit, else with the last key unit, hidden up to here.</summary>
    private async ValueTask<bool> ChangeFormatAsync(LogItem item, bool isMain)
    {
        CloseLingering();
        _closer.Close(_current!);
        _current = null;
        if (isMain && item.Unit.IsKey)
        {
            _plan = new SegmentPlan(item.Sequence, item.Sequence, UtcInstant.Unknown, MediaSpan.Zero);
            return await RouteAsync(item);
        }

        ResumeAt(item.Sequence);
        _planFormats = item.Formats;
        item.Release();
        return false;
    }

    /// <summary>Writes a segment's pending units. False when the disk refused: all is set to go on later, from the first unit not written.</summary>
    private async Task<bool> WriteAsync(SegmentRecording segment)
    {
        SegmentIoException? first = null;
        try
        {
            await segment.FlushAsync();
        }
        catch (SegmentIoException fault)
        {
            first = fault;
        }

        if (first is { IsFull: false })
        {
            // One failing call is not yet a failing disk.
            _context.Observer.OnDiskFault(first);
            try
            {
                await segment.FlushAsync();
                _context.Observer.OnDiskRecovered();
                first = null;
            }
            catch (SegmentIoException again)
            {
                first = again;
            }
        }

        if (first is not null)
        {
            await OnDiskFaultAsync(first, keepsWritten: first.IsFull);
            return false;
        }

        _lastFlush = _context.Time.GetTimestamp();
        Volatile.Write(ref _path, segment.Path);
        if (_fault is not null || _recovering)
        {
            _recovering = false;
            _faults = 0;
            _context.Observer.OnDiskRecovered();
        }

        segment.SyncIfDue();
        return true;
    }

    /// <summary>Leaves the disk alone for a while. What is not written (or not durable) stays in the log and is taken up from there.</summary>
    private async Task OnDiskFaultAsync(SegmentIoException fault, bool keepsWritten)
    {
        _context.Observer.OnDiskFault(fault);
        CloseLingering();
        long resume = Math.Min(_next, _early.First);
        if (_current is { } current)
        {
            _current = null;
            await current.SettleAsync();
            resume = Math.Min(resume, keepsWritten ? current.Pending.First : current.FirstUndurable);
            (SegmentClosed? closed, long first) = keepsWritten ? await CloseFullAsync(current) : (await current.TakeBackAsync(), resume);
            resume = Math.Min(resume, first);

            if (closed is not null)
            {
                _context.Observer.OnClosed(closed);
            }
        }

        _early.Clear();
        _faults++;
        WaitWithFault(resume);
    }

    /// <summary>Holds what is to be written later, and reads nothing until then.</summary>
    private void WaitWithFault(long resume)
    {
        _reader!.Seek(LogPosition.After(resume - 1));
        _next = resume;
        Volatile.Write(ref _fault, new DiskFaultState(resume, _faults, _context.Time.GetTimestamp()));
    }

    /// <summary>Closes a segment on a full disk, in the room reserved for that; also says from where on its units are to be written again.</summary>
    private async Task<(SegmentClosed? Closed, long First)> CloseFullAsync(SegmentRecording segment)
    {
        segment.DropPending();
        try
        {
            return (await segment.CloseAsync(), long.MaxValue);
        }
        catch (SegmentIoException fault)
        {
            _context.Observer.OnDiskFault(fault);
            long first = segment.FirstUndurable;
            return (await segment.TakeBackAsync(), first);
        }
    }

    /// <summary>What no unit asks for: the last units of a stalled source, syncs, late sound, the end of a disk fault, letting go of what is durable.</summary>
    private async Task TendAsync()
    {
        TimeProvider time = _context.Time;
        if (_fault is { } fault)
        {
            if (time.GetElapsedTime(fault.Since) >= _closer.DelayOf(fault.Attempt))
            {
                Volatile.Write(ref _fault, null);
                _recovering = true;
                ResumeAt(fault.Resume);
            }
        }
        else if (_current is { } current)
        {
            if (current.SyncFault is { } broken)
            {
                await OnDiskFaultAsync(broken, keepsWritten: false);
            }
            else if (current.Pending.Count > 0 && time.GetElapsedTime(_lastFlush) >= _context.Options.TendInterval * 2)
            {
                await WriteAsync(current);
            }
            else
            {
                current.SyncIfDue();
            }
        }

        if (_lingering is { } lingering && IsLingeringDone(lingering))
        {
            CloseLingering();
        }

        Acknowledge();
    }

    private bool IsLingeringDone(SegmentRecording lingering)
    {
        FormatSet formats = lingering.Formats;
        for (int track = 0; track < formats.Count; track++)
        {
            if (track != formats.MainTrack && lingering.Takes(track) && (_movedOn & (1UL << track)) == 0)
            {
                return _current is null || _current.LastCapture - _lingerUntil >= LateAudio;
            }
        }

        return true;
    }

    private void CloseLingering()
    {
        if (_lingering is { } lingering)
        {
            _lingering = null;
            _closer.Close(lingering);
        }
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
            _gaps.Add(gap);
        }
    }

    /// <summary>Whether a unit comes after T1: by its decode time, because a picture presented later may be needed for one presented before.</summary>
    private bool IsBeyondEnd(in LogItem item)
    {
        if (_stop is not { At.IsKnown: true } stop)
        {
            return false;
        }

        AccessUnit unit = item.Unit;
        UtcInstant decoded = unit.Capture - item.Format.Timescale.ToSpan(Math.Max(0, unit.PresentationTime - unit.DecodeTime));
        if (decoded < stop.At)
        {
            return false;
        }

        _done |= 1UL << unit.Track;
        return true;
    }

    private bool IsPast(StopRequest stop) => _context.Time.GetTimestamp() >= stop.Deadline;

    private bool IsFinished()
    {
        if (_stop is not { } stop)
        {
            return false;
        }

        if (_current is { } current && stop.At.IsKnown)
        {
            current.EditEnd = stop.At;
        }

        if (_fault is { } fault)
        {
            return fault.Attempt > _context.Options.CloseAttempts;
        }

        if (!stop.At.IsKnown || IsPast(stop))
        {
            return _reader!.Position >= _log.NextSequence || IsEverythingDone(stop);
        }

        return IsEverythingDone(stop);
    }

    private bool IsEverythingDone(StopRequest stop)
    {
        FormatSet formats = _current?.Formats ?? _log.Formats;
        if (formats.MainTrack < 0 || (_done & (1UL << formats.MainTrack)) == 0)
        {
            return false;
        }

        for (int track = 0; track < formats.Count; track++)
        {
            bool waits = formats[track] is not null && (_done & (1UL << track)) == 0;
            if (waits && _log.NewestCapture - stop.At < LateAudio)
            {
                return false;
            }
        }

        return true;
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
