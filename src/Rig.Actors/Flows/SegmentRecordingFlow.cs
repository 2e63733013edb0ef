using System.Text.Json;
using Rig.Actors.Manifests;
using Rig.Actors.Settings;
using Rig.Contracts.Cameras;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;
using Rig.Media.Formats;
using Rig.Media.Mp4;
using Rig.Media.Time;
using Rig.Streams.Clocks;
using Rig.Streams.Log;
using Rig.Streams.Recording;
using LogGap = Rig.Streams.Recording.SegmentGap;
using SegmentGap = Rig.Contracts.Recordings.SegmentGap;
using StreamRecorderState = Rig.Streams.Recording.RecorderState;

namespace Rig.Actors.Flows;

/// <summary>The real recording flow: <see cref="CameraRecorder"/>, in the words of the contracts.</summary>
public sealed class SegmentRecordingFlow : IRecordingFlow, IRecorderObserver
{
    /// <summary>Gaps shown in the status; the manifest has them all.</summary>
    private const int ShownGaps = 20;

    private readonly RecordingOrder _order;
    private readonly TimeProvider _time;
    private readonly Action<RecordingSignal> _signal;
    private readonly Lock _lock = new();

    /// <summary>The node's clock takes no step while this camera records.</summary>
    private readonly IDisposable? _steady;
    private readonly CameraRecorder _recorder;
    private IReadOnlyList<SegmentGap> _gaps = [];
    private DateTimeOffset? _start;
    private double? _late;
    private string? _formats;
    private bool _failed;

    private SegmentRecordingFlow(
        RecordingOrder order,
        GopLog log,
        LiveSettings settings,
        DiskThreads disk,
        TimeProvider time,
        Action<RecordingSignal> signal
    )
    {
        _order = order;
        _time = time;
        _signal = signal;
        _steady = SteadyTime.Hold(time);
        _recorder = CameraRecorder.Start(
            log,
            Request(order, settings.Current, time),
            new LinuxSegmentFiles(),
            disk,
            this,
            Options(settings.Current.Recording),
            time
        );
        foreach (Mark mark in order.Session.Marks)
        {
            AddMark(mark);
        }

        _ = FinishAsync();
    }

    /// <summary>How a node starts its recordings.</summary>
    /// <param name="disk">Threads that wait for disks, shared by all cameras.</param>
    public static StartRecordingFlow Starter(LiveSettings settings, DiskThreads disk, TimeProvider time) =>
        (order, log, signal) => new SegmentRecordingFlow(order, log, settings, disk, time, signal);

    public RecorderStatus Measure()
    {
        RecorderStatistics statistics = _recorder.GetStatistics();
        _order.Cursor.Sequence = Math.Max(_order.Cursor.Sequence, statistics.DurableSequence);
        lock (_lock)
        {
            return new RecorderStatus
            {
                State = State(statistics.State),
                SessionId = _order.SessionId,
                Start = _start,
                LateMs = _late,
                SecondsSinceDurable = statistics.LastDurable is { } last ? Math.Max(0, (_time.GetUtcNow() - last).TotalSeconds) : null,
                Bytes = statistics.WrittenBytes,
                DurableBytes = statistics.DurableBytes,
                Frames = statistics.Frames,
                DroppedUnits = statistics.DroppedUnits,
                Segments = statistics.Segments,
                File = Path.GetFileName(statistics.Path),
                Gaps = _gaps,
            };
        }
    }

    public void Stop(DateTimeOffset end) => _recorder.Stop(UtcInstant.From(end));

    public void AddMark(Mark mark)
    {
        ArgumentNullException.ThrowIfNull(mark);
        _recorder.AddMark(new SegmentMark(UtcInstant.From(mark.At), mark.Name));
    }

    public ValueTask DisposeAsync() => _recorder.DisposeAsync();

    void IRecorderObserver.OnState(StreamRecorderState state) { }

    void IRecorderObserver.OnOpened(SegmentOpened segment)
    {
        DateTimeOffset first = segment.First.ToDateTimeOffset();
        double late = Math.Max(0, segment.Late.Milliseconds);
        string formats = FormatText.Describe(segment.Formats);
        string? before;
        lock (_lock)
        {
            _start ??= first;
            _late ??= late;
            before = _formats;
            _formats = formats;
        }

        if (before is not null && before != formats)
        {
            _signal(new RecordingSignal.FormatChanged(new FormatChange(first, before, formats)));
        }

        _signal(
            new RecordingSignal.SegmentOpened(
                new Segment { File = Path.GetFileName(segment.Path), First = first },
                Recorded(segment.Formats, formats),
                late
            )
        );
    }

    void IRecorderObserver.OnDurable(long bytes, UtcInstant lastCapture) =>
        _order.Cursor.Sequence = Math.Max(_order.Cursor.Sequence, _recorder.GetStatistics().DurableSequence);

    void IRecorderObserver.OnGap(LogGap gap)
    {
        SegmentGap named = new()
        {
            From = Instant(gap.From) ?? _order.Start,
            To = Instant(gap.To),
            Units = gap.Units > 0 ? gap.Units : null,
            Cause = Cause(gap),
        };
        lock (_lock)
        {
            _gaps = [.. _gaps.With(named).TakeLast(ShownGaps)];
        }

        _signal(new RecordingSignal.Gap(named));
    }

    void IRecorderObserver.OnClosed(SegmentClosed segment) =>
        _signal(
            new RecordingSignal.SegmentClosed(
                new Segment
                {
                    File = Path.GetFileName(segment.Path),
                    Bytes = segment.Bytes,
                    Frames = segment.Frames,
                    First = Instant(segment.First),
                    Last = Instant(segment.Last),
                    Closed = segment.Outcome == SegmentOutcome.Closed,
                }
            )
        );

    void IRecorderObserver.OnDiskFault(SegmentIoException fault) => _signal(new RecordingSignal.DiskTrouble(fault.Message, Remedy(fault)));

    void IRecorderObserver.OnDiskRecovered() => _signal(new RecordingSignal.DiskRecovered());

    void IRecorderObserver.OnFailed(Exception error)
    {
        lock (_lock)
        {
            _failed = true;
        }

        _signal(new RecordingSignal.Failed(error));
    }

    private async Task FinishAsync()
    {
        await _recorder.Completion;
        _steady?.Dispose();
        bool failed;
        lock (_lock)
        {
            failed = _failed;
        }

        if (!failed)
        {
            _signal(new RecordingSignal.Finished());
        }
    }

    private static RecordingRequest Request(RecordingOrder order, NodeSettings node, TimeProvider time) =>
        new()
        {
            SessionId = order.SessionId,
            CameraId = order.Camera,
            Folder = node.RecordingsFolder,
            Start = UtcInstant.From(order.Start),
            AfterSequence = order.Cursor.Sequence >= 0 ? order.Cursor.Sequence : null,
            Metadata = new SegmentMetadata
            {
                Session = order.SessionId,
                Camera = order.Camera,
                Position = node.Cameras.FirstOrDefault(camera => camera.Id == order.Camera)?.Position ?? node.Position ?? "",
                Node = node.NodeId,
                Software = $"RecorderRig {node.Version}",
                More = [.. order.Session.Metadata],
            },
            Timecode = new TimecodeSettings(node.Recording.TimecodeZone?.GetUtcOffset(time.GetUtcNow()) ?? TimeSpan.Zero),
        };

    private static RecorderOptions Options(RecordingSettings settings) =>
        new()
        {
            FragmentSpan = MediaSpan.From(settings.Fragment),
            RotationSpan = MediaSpan.From(settings.Rotation),
            RotatesByClock = settings.AlignToClock,
            SyncInterval = settings.SyncInterval,
            ReserveStep = settings.AllocationStep,
        };

    private static RecordedFormat Recorded(IReadOnlyList<TrackFormat> formats, string text)
    {
        TrackFormat? video = formats.FirstOrDefault(format => format.Kind == TrackKind.Video);
        TrackFormat? audio = formats.FirstOrDefault(format => format.Kind == TrackKind.Audio);
        return new RecordedFormat(
            FormatText.Size(video),
            FormatText.Fps(video),
            video is null ? null : FormatText.Name(video.Codec),
            audio is null ? null : FormatText.Name(audio.Codec),
            FormatText.Name((video ?? audio)?.CaptureClock ?? CaptureClock.Estimated),
            text
        );
    }

    private static Contracts.Cameras.RecorderState State(StreamRecorderState state) =>
        state switch
        {
            StreamRecorderState.Arming => Contracts.Cameras.RecorderState.Arming,
            StreamRecorderState.Recording => Contracts.Cameras.RecorderState.Recording,
            StreamRecorderState.Finalizing => Contracts.Cameras.RecorderState.Finalizing,
            StreamRecorderState.Failed => Contracts.Cameras.RecorderState.Failed,
            _ => Contracts.Cameras.RecorderState.Idle,
        };

    private static string Cause(LogGap gap) =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(gap.Detail is { } detail ? $"{gap.Cause}{detail}" : $"{gap.Cause}");

    private static string Remedy(SegmentIoException fault) =>
        fault.IsFull
            ? "Free disk space; recording goes on by itself and the manifest names what was lost."
            : "Check the disk and its cable; recording goes on by itself when it works again.";

    private static DateTimeOffset? Instant(UtcInstant instant) => instant.IsKnown ? instant.ToDateTimeOffset() : null;
}
