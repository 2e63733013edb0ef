using Rig.Media.Formats;

namespace Rig.Streams.Sources.Ingest;

/// <summary>
/// Hears what matters to the life of a camera's stream. Called from the source's thread or a timer's, possibly at the same time; must return
/// quickly and not throw.
/// </summary>
public interface IIngestObserver
{
    /// <summary>The first unit came.</summary>
    void OnStarted();

    /// <summary>A track's format is known, or another one than before.</summary>
    /// <param name="isChange">False for a track's first format.</param>
    void OnFormat(int track, TrackFormat format, bool isChange);

    /// <summary>No unit came for so long.</summary>
    void OnStalled(TimeSpan silence);

    /// <summary>Units come again, after so long.</summary>
    void OnResumed(TimeSpan silence);

    /// <summary>The encoder has made fewer pictures than it should for 5 s. The text names it and what to lower.</summary>
    void OnEncoderBehind(string text);

    /// <summary>The encoder keeps up again.</summary>
    void OnEncoderRecovered();

    /// <summary>It is over; the source is closed for certain. Comes last, once.</summary>
    void OnEnded(IngestEnd end);
}

public enum IngestEndKind
{
    /// <summary>The source ended by itself.</summary>
    Ended,

    /// <summary>The source failed or could not start.</summary>
    Failed,

    /// <summary>It was told to stop.</summary>
    Cancelled,
}

/// <summary>Why an ingest is over.</summary>
/// <param name="Reason">For an operator; empty when it was told to stop.</param>
/// <param name="Failure">What was thrown.</param>
public sealed record IngestEnd(IngestEndKind Kind, string Reason, Exception? Failure = null);
