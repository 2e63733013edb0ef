using Rig.Actors.Settings;
using Rig.Contracts.Cameras;
using Rig.Streams.Log;

namespace Rig.Actors.Flows;

/// <summary>What an ingest actor hears of the flow that it owns.</summary>
public abstract record IngestSignal
{
    private IngestSignal() { }

    /// <summary>The first access unit came, or units come again after a stall.</summary>
    public sealed record Streaming : IngestSignal;

    /// <summary>A track has a new format; <paramref name="Format"/> says it in a line (<c>h264 1920x1080 30 fps</c>).</summary>
    public sealed record FormatChanged(string Format) : IngestSignal;

    /// <summary>No access unit for the stall timeout.</summary>
    public sealed record Stalled : IngestSignal;

    /// <summary>The encoder cannot keep up; the text names it and what to lower.</summary>
    public sealed record TooSlow(string Text) : IngestSignal;

    /// <summary>It keeps up again.</summary>
    public sealed record FastEnough : IngestSignal;

    /// <summary>The source ended, with the reason when it failed. The last signal of a flow.</summary>
    public sealed record Ended(string? Error, IReadOnlyList<string>? ErrorOutput) : IngestSignal;
}

/// <summary>A source that runs into a GOP log. Disposing of it ends the source for certain: process, socket, file.</summary>
public interface IIngestFlow : IAsyncDisposable
{
    /// <summary>Measured values; <see cref="IngestStatus.State"/> and everything about retries is filled in by the actor. Any thread.</summary>
    IngestStatus Measure();

    /// <summary>It listens: silence before the first picture is not a fault.</summary>
    bool WaitsForSender => false;
}

/// <summary>Starts the source of a camera into its log. The callback may come from any thread and must not block.</summary>
/// <exception cref="Rig.Streams.Sources.SourceException">The source text is wrong; the message says how.</exception>
public delegate IIngestFlow StartIngest(CameraSettings camera, GopLog log, Action<IngestSignal> signal);
