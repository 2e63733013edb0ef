using Rig.Media.Formats;
using Rig.Media.Mp4;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Log;

namespace Rig.Streams.Recording;

/// <summary>Where a segment begins in the log.</summary>
/// <param name="Key">Sequence number of the key unit that it is decoded from.</param>
/// <param name="Cut">First sequence number that belongs to it; main units from <paramref name="Key"/> up to here are written and hidden.</param>
/// <param name="EditStart">Its presentation begins here; unknown: at the key unit.</param>
/// <param name="Late">By how much that is after T0.</param>
internal sealed record SegmentPlan(long Key, long Cut, UtcInstant EditStart, MediaSpan Late);

/// <summary>
/// One segment file: takes units, writes them as fragments, syncs, closes. Used by one thread at a time, except <see cref="FirstUndurable"/>
/// and the sync that runs beside. Here: bytes and durability of one file; in SegmentRecording.Ending.cs: how it ends. Not here: where one
/// segment ends and the next begins.
/// </summary>
internal sealed partial class SegmentRecording
{
    private readonly RecorderContext _context;
    private readonly SegmentPlan _plan;
    private int[] _tracks;
    private TrackFormat[] _formats;
    private readonly FragmentGatherer _gatherer = new();
    private readonly List<SegmentGap> _gaps = [];
    private AccessUnit[] _units = new AccessUnit[64];
    private Mp4SegmentWriter? _writer;
    private Mp4Closing? _closing;
    private ISegmentFile? _file;
    private ReadOnlyMemory<byte> _header;
    private long _reserved;
    private long _durableLength;
    private (long Last, long Shown, long Frames, UtcInstant Capture) _durable = (-1, 0, 0, UtcInstant.Unknown);
    private long _unsyncedFirst = long.MaxValue;
    private long _syncingFirst = long.MaxValue;
    private long _pendingFirst = long.MaxValue;
    private long _lastSequence = -1;
    private long _shown;
    private long _frames;
    private long _lastSync;
    private UtcInstant _writtenCapture = UtcInstant.Unknown;
    private Task _syncing = Task.CompletedTask;

    public SegmentRecording(RecorderContext context, SegmentPlan plan, FormatSet formats)
    {
        (_context, _plan, Formats) = (context, plan, formats);
        (_tracks, _formats) = SegmentTracks.Map(formats);
    }

    /// <summary>The formats of the newest unit; always the same streams as at the beginning.</summary>
    public FormatSet Formats { get; set; }

    public SegmentPlan Plan => _plan;

    public PendingUnits Pending { get; } = new();

    public bool IsOpen => _file is not null;

    public string? Path => _file?.Path;

    /// <summary>The last sync failed: what was written since the one before cannot be relied on.</summary>
    public SegmentIoException? SyncFault { get; private set; }

    /// <summary>Capture instant of the main track's newest unit.</summary>
    public UtcInstant LastCapture { get; private set; } = UtcInstant.Unknown;

    /// <summary>T1: what was captured at or after it is written only where pictures before it need it, and hidden.</summary>
    public UtcInstant EditEnd { get; set; } = UtcInstant.Unknown;

    /// <summary>Capture instant of the main track's first unit.</summary>
    public UtcInstant FirstCapture { get; private set; } = UtcInstant.Unknown;

    /// <summary>Decode time of the main track's first and newest unit.</summary>
    public MediaTime FirstDecode { get; private set; } = MediaTime.Unknown;

    public MediaTime LastDecode { get; private set; } = MediaTime.Unknown;

    /// <summary>Media that waits to be written.</summary>
    public MediaSpan PendingSpan => Pending.Count == 0 ? MediaSpan.Zero : Pending.Items[^1].Unit.Capture - Pending.Items[0].Unit.Capture;

    /// <summary>Sequence number of the first unit given to this segment that is not durable; <see cref="long.MaxValue"/> when all are. Any thread.</summary>
    public long FirstUndurable =>
        Math.Min(Volatile.Read(ref _pendingFirst), Math.Min(Volatile.Read(ref _unsyncedFirst), Volatile.Read(ref _syncingFirst)));

    /// <summary>Whether a track of the log is written at all.</summary>
    public bool Takes(int track) => (uint)track < (uint)_tracks.Length && _tracks[track] >= 0;

    /// <summary>Takes in tracks that were announced after the first pictures; possible until the header is written.</summary>
    public bool TryWiden(FormatSet formats)
    {
        if (_writer is not null || !formats.Widens(Formats))
        {
            return false;
        }

        Formats = formats;
        (_tracks, _formats) = SegmentTracks.Map(formats);
        return true;
    }

    /// <summary>Takes a unit, with its reference.</summary>
    public void Add(in LogItem item)
    {
        Pending.Add(item);
        if (item.Unit.Track == Formats.MainTrack)
        {
            LastCapture = item.Unit.Capture;
            FirstCapture = FirstCapture.IsKnown ? FirstCapture : LastCapture;
            LastDecode = item.Unit.DecodeTime;
            FirstDecode = FirstDecode.IsKnown ? FirstDecode : LastDecode;
        }

        PublishPending();
    }

    /// <summary>Forgets what is pending: it is read again.</summary>
    public void DropPending()
    {
        Pending.Clear();
        PublishPending();
    }

    /// <summary>What is missing before or in this segment.</summary>
    public IReadOnlyList<SegmentGap> Gaps => _gaps;

    public void AddGap(SegmentGap gap) => _gaps.Join(gap);

    /// <summary>Gives units that were captured at or after an instant to the segment that follows.</summary>
    public void HandOver(UtcInstant instant, SegmentRecording next)
    {
        Pending.MoveFrom(instant, Formats.MainTrack, item => next.Add(item));
        PublishPending();
    }

    /// <summary>Writes what is pending as one fragment; makes the file first if there is none. The units are released once they are written.</summary>
    /// <exception cref="SegmentIoException">Nothing of it counts as written; the units are still pending.</exception>
    public async Task FlushAsync()
    {
        if (Pending.Count == 0 || (_writer is null && !TryBegin()))
        {
            return;
        }

        int count = Collect();
        Mp4Fragment fragment = _writer!.Fragment(_units.AsSpan(0, count));
        bool first = _file is null;
        long offset = first ? 0 : _writer.Length - fragment.Length;
        _gatherer.Gather(first ? _header : default, fragment, _units.AsSpan(0, count));
        long end = _writer.Length;
        long closing = _writer.ClosingBytes;
        try
        {
            await _context.Disk.RunAsync(() => Write(offset, end, closing));
        }
        catch (SegmentIoException)
        {
            _writer.Abandon();
            throw;
        }
        finally
        {
            _gatherer.Clear();
            _units.AsSpan(0, count).Clear();
        }

        _context.CountWritten(end - offset, count);
        Volatile.Write(ref _unsyncedFirst, Math.Min(_unsyncedFirst, Pending.First));
        _lastSequence = Math.Max(_lastSequence, Pending.Last);
        CountShown();
        _writtenCapture = LastCapture;
        DropPending();
        if (first)
        {
            Announce();
        }
    }

    /// <summary>Begins to make durable what is written, if the last time is long enough ago and nothing is under way.</summary>
    public void SyncIfDue()
    {
        bool due = _durableLength == 0 || _context.Time.GetElapsedTime(_lastSync) >= _context.Options.SyncInterval;
        if (due && _file is not null && _syncing.IsCompleted && _unsyncedFirst != long.MaxValue && SyncFault is null)
        {
            _syncing = SyncAsync(_file, _writer!.Length);
        }
    }

    /// <summary>Completes when no sync is under way: then <see cref="FirstUndurable"/> holds until the next one.</summary>
    public Task SettleAsync() => _syncing;

    private void PublishPending() => Volatile.Write(ref _pendingFirst, Pending.First);

    /// <summary>Prepares header and writer from the first units. False as long as the main track has none.</summary>
    private bool TryBegin()
    {
        var tracks = new SegmentTrack[_formats.Length];
        for (int track = 0; track < _tracks.Length; track++)
        {
            if (_tracks[track] < 0)
            {
                continue;
            }

            TrackFormat format = Formats[track]!;
            int first = IndexOf(track, UtcInstant.Unknown);
            if (first < 0 && track == Formats.MainTrack)
            {
                return false;
            }

            tracks[_tracks[track]] =
                first < 0
                    ? SegmentTrack.Unseen(format)
                    : SegmentTrack.From(format, Pending.Items[first].Unit, Pending.Items[Anchor(track)].Unit);
        }

        _writer = new Mp4SegmentWriter(
            new SegmentStart
            {
                Tracks = tracks,
                EditStart = _plan.EditStart,
                Created = UtcInstant.From(_context.Time.GetUtcNow()),
                Timecode = _context.Request.Timecode,
                Metadata = _context.Request.Metadata,
            }
        );
        _header = _writer.Start().ToArray();
        return true;
    }

    /// <summary>The pending unit of a track that is nearest to T0: the first one captured at or after it, else the newest.</summary>
    private int Anchor(int track)
    {
        int anchor = IndexOf(track, _plan.EditStart);
        for (int i = Pending.Count - 1; anchor < 0; i--)
        {
            anchor = Pending.Items[i].Unit.Track == track ? i : -1;
        }

        return anchor;
    }

    /// <summary>The first pending unit of a track captured at or after an instant; -1 when there is none.</summary>
    private int IndexOf(int track, UtcInstant instant)
    {
        ReadOnlySpan<LogItem> items = Pending.Items;
        for (int i = 0; i < items.Length; i++)
        {
            if (items[i].Unit.Track == track && items[i].Unit.Capture >= instant)
            {
                return i;
            }
        }

        return -1;
    }

    private int Collect()
    {
        ReadOnlySpan<LogItem> items = Pending.Items;
        if (_units.Length < items.Length)
        {
            _units = new AccessUnit[items.Length * 2];
        }

        for (int i = 0; i < items.Length; i++)
        {
            _units[i] = items[i].Unit with { Track = _tracks[items[i].Unit.Track] };
        }

        return items.Length;
    }

    private void CountShown()
    {
        UtcInstant start = _writer!.PresentationStart;
        long before = _frames;
        foreach (ref readonly LogItem item in Pending.Items)
        {
            bool shown = item.Sequence >= _plan.Cut && item.Unit.Capture >= start && !(EditEnd.IsKnown && item.Unit.Capture >= EditEnd);
            _shown += shown ? 1 : 0;
            _frames += shown && item.Unit.Track == Formats.MainTrack ? 1 : 0;
        }

        _context.CountFrames(_frames - before);
    }

    /// <summary>On a disk thread.</summary>
    private void Write(long offset, long end, long closing)
    {
        ISegmentFile file = _file ?? Create();
        try
        {
            Reserve(file, end, closing);
            file.Write(offset, _gatherer.Buffers);
            _file = file;
        }
        catch (SegmentIoException) when (_file is null)
        {
            _reserved = 0;
            Discard(file);
            throw;
        }
    }

    private ISegmentFile Create()
    {
        _context.Files.CreateDirectory(_context.SessionFolder);
        UtcInstant first = _writer!.PresentationStart is { IsKnown: true } start ? start : UtcInstant.From(_context.Time.GetUtcNow());
        for (int suffix = 1; suffix <= SegmentName.MaxSuffix; suffix++)
        {
            string name = SegmentName.Of(_context.Request.SessionId, _context.Request.CameraId, first, suffix);
            if (_context.Files.TryCreate(System.IO.Path.Combine(_context.SessionFolder, name)) is { } file)
            {
                _context.Files.SyncDirectory(_context.SessionFolder);
                return file;
            }
        }

        throw new InvalidOperationException($"More than {SegmentName.MaxSuffix} segments begin in one second.");
    }

    private void Discard(ISegmentFile file)
    {
        file.Dispose();
        try
        {
            _context.Files.Delete(file.Path);
        }
        catch (SegmentIoException fault)
        {
            _context.Observer.OnDiskFault(fault);
        }
    }

    /// <summary>
    /// Keeps room ahead of the data: a step at a time, so that the file lies in few pieces, and always enough to close the file when the disk
    /// is full otherwise.
    /// </summary>
    private void Reserve(ISegmentFile file, long end, long closing)
    {
        long step = _context.Options.ReserveStep;
        long needed = end + closing;
        if (step == 0 || needed <= _reserved)
        {
            return;
        }

        long wanted = ((needed / step) + 1) * step;
        try
        {
            _reserved = file.TryReserve(_reserved, wanted - _reserved) ? wanted : long.MaxValue;
        }
        catch (SegmentIoException fault) when (fault.IsFull)
        {
            _reserved = file.TryReserve(_reserved, needed - _reserved) ? needed : long.MaxValue;
        }
    }

    private void Announce()
    {
        UtcInstant first = _writer!.PresentationStart;
        _lastSync = _context.Time.GetTimestamp();
        _context.Observer.OnOpened(new SegmentOpened(_file!.Path, first, _plan.Late, _formats));
    }

    private async Task SyncAsync(ISegmentFile file, long length)
    {
        _lastSync = _context.Time.GetTimestamp();
        (long, long, long, UtcInstant) written = (_lastSequence, _shown, _frames, _writtenCapture);
        Volatile.Write(ref _syncingFirst, _unsyncedFirst);
        Volatile.Write(ref _unsyncedFirst, long.MaxValue);
        try
        {
            await _context.Disk.RunAsync(file.SyncData);
            _durable = written;
            OnDurable(length);
            Volatile.Write(ref _syncingFirst, long.MaxValue);
            _context.Observer.OnDurable(_context.DurableBytes, written.Item4);
        }
        catch (SegmentIoException fault)
        {
            SyncFault = fault;
        }
    }

    private void OnDurable(long length)
    {
        _context.CountDurable(length - _durableLength);
        _durableLength = length;
    }
}
