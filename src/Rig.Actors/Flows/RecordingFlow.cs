using Rig.Contracts.Cameras;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;
using Rig.Streams.Log;

namespace Rig.Actors.Flows;

/// <summary>One camera's part of a session, as its recorder is told.</summary>
public sealed record RecordingOrder
{
    public required string SessionId { get; init; }
    public required string Camera { get; init; }

    /// <summary>Where the camera's presentation begins: T0, or where it joined.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>Where it ends, exclusive, once that is known.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>The session as a whole, for the manifest.</summary>
    public required DesiredSession Session { get; init; }

    /// <summary>How far this camera's recording has come; outlives a restarted recorder.</summary>
    public required RecordingCursor Cursor { get; init; }

    /// <summary>The session ran before this process did: a new segment goes on where the log begins, and the manifest names the gap.</summary>
    public bool Resumed { get; init; }
}

/// <summary>The last unit of a camera's log that is safely in a file. Written by the flow, read by whoever starts the next one.</summary>
public sealed class RecordingCursor
{
    private long _sequence = -1;

    /// <summary>Sequence number in the GOP log; -1 before the first.</summary>
    public long Sequence
    {
        get => Volatile.Read(ref _sequence);
        set => Volatile.Write(ref _sequence, value);
    }
}

/// <summary>What a recorder actor hears of the flow that it owns.</summary>
public abstract record RecordingSignal
{
    private RecordingSignal() { }

    /// <summary>A segment was begun.</summary>
    /// <param name="Late">Milliseconds from the order's start to the first presented picture where the log no longer reached back; 0 when on time.</param>
    public sealed record SegmentOpened(Segment Segment, RecordedFormat Format, double Late) : RecordingSignal;

    /// <summary>A segment is closed and durable.</summary>
    public sealed record SegmentClosed(Segment Segment) : RecordingSignal;

    public sealed record Gap(SegmentGap Value) : RecordingSignal;

    /// <summary>The format changed and a new segment follows.</summary>
    public sealed record FormatChanged(FormatChange Change) : RecordingSignal;

    /// <summary>The disk refuses; the session is kept and the flow tries again by itself.</summary>
    public sealed record DiskTrouble(string Error, string Remedy) : RecordingSignal;

    /// <summary>Bytes become durable again.</summary>
    public sealed record DiskRecovered : RecordingSignal;

    /// <summary>All segments are closed. The last signal of a flow that was stopped.</summary>
    public sealed record Finished : RecordingSignal;

    /// <summary>The flow cannot go on. The last signal of a flow that failed.</summary>
    public sealed record Failed(Exception Error) : RecordingSignal;
}

/// <summary>What a segment holds, for the manifest.</summary>
public sealed record RecordedFormat(
    Resolution? Resolution,
    double? Fps,
    string? VideoCodec,
    string? AudioCodec,
    string CaptureClock,
    string Text
);

/// <summary>One camera's segments of one session being written. Disposing of it without a stop leaves the open file as it is, for repair.</summary>
public interface IRecordingFlow : IAsyncDisposable
{
    /// <summary>Measured values, session and files filled in. Any thread.</summary>
    RecorderStatus Measure();

    /// <summary>Ends with the unit presented before <paramref name="end"/>.</summary>
    void Stop(DateTimeOffset end);

    /// <summary>Becomes a chapter of the open segment.</summary>
    void AddMark(Mark mark);
}

/// <summary>Starts to write a camera's log as ordered. The callback may come from any thread and must not block.</summary>
public delegate IRecordingFlow StartRecordingFlow(RecordingOrder order, GopLog log, Action<RecordingSignal> signal);
