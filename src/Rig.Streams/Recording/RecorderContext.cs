using Rig.Media.Mp4;

namespace Rig.Streams.Recording;

/// <summary>What a recorder and its segments share.</summary>
internal sealed class RecorderContext(
    RecordingRequest request,
    RecorderOptions options,
    ISegmentFiles files,
    DiskThreads disk,
    TimeProvider time,
    IRecorderObserver observer
)
{
    private readonly Lock _gate = new();
    private long _durableBytes;
    private DateTimeOffset? _lastDurable;
    private long _writtenBytes;
    private long _units;
    private long _dropped;
    private long _frames;
    private SegmentMark[] _marks = [];

    public RecordingRequest Request { get; } = request;

    public RecorderOptions Options { get; } = options;

    public ISegmentFiles Files { get; } = files;

    public DiskThreads Disk { get; } = disk;

    public TimeProvider Time { get; } = time;

    public IRecorderObserver Observer { get; } = observer;

    public string SessionFolder { get; } = Path.Combine(request.Folder, request.SessionId);

    public long WrittenBytes => Volatile.Read(ref _writtenBytes);

    public long DurableBytes => Volatile.Read(ref _durableBytes);

    public long Units => Volatile.Read(ref _units);

    public long Dropped => Volatile.Read(ref _dropped);

    public long Frames => Volatile.Read(ref _frames);

    /// <summary>Named instants so far; chapters of the segments that present them.</summary>
    public IReadOnlyList<SegmentMark> Marks => Volatile.Read(ref _marks);

    public DateTimeOffset? LastDurable
    {
        get
        {
            lock (_gate)
            {
                return _lastDurable;
            }
        }
    }

    public void CountWritten(long bytes, long units)
    {
        Interlocked.Add(ref _writtenBytes, bytes);
        Interlocked.Add(ref _units, units);
    }

    public void CountFrames(long frames) => Interlocked.Add(ref _frames, frames);

    public void AddMark(SegmentMark mark)
    {
        lock (_gate)
        {
            Volatile.Write(ref _marks, [.. _marks, mark]);
        }
    }

    public void CountDropped(long units) => Interlocked.Add(ref _dropped, units);

    public void CountDurable(long bytes)
    {
        Interlocked.Add(ref _durableBytes, bytes);
        lock (_gate)
        {
            _lastDurable = Time.GetUtcNow();
        }
    }
}
