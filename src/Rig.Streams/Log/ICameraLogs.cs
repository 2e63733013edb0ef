namespace Rig.Streams.Log;

/// <summary>
/// The GOP logs of this node by camera and quality: where every live output finds what it reads. One lookup for all of them:
/// <c>logs.Open("cam0", StreamQuality.Low)</c> for <c>/live/cam0?quality=low</c>, <c>/hls/cam0~low/index.m3u8</c> or <c>rtsp://node/cam0~low</c>
/// (<see cref="StreamName.TryParse"/> reads them all). Any thread.
/// </summary>
/// <remarks>
/// Open a lease, open a <see cref="LogReader"/> on its log, and dispose of both when the viewer is gone: the low-resolution stream is begun with
/// its first lease and ended some time after its last. It is empty at first: a reader at <see cref="LogPosition.NewestKey"/> waits for its first key unit, about
/// a second. A reader whose wait ends with false, or that reads 0 units from <see cref="LogReader.ReadAsync"/>, has a log that has ended
/// (the camera was made anew; the low-resolution stream was stopped for the recordings' sake): dispose of reader and lease, open again, and
/// fall back or tell the viewer when that is refused. Units of both qualities carry capture instants of the same clock.
/// </remarks>
public interface ICameraLogs
{
    /// <summary>Ids of the cameras that have a log now.</summary>
    IReadOnlyCollection<string> Cameras { get; }

    /// <summary>The log of a camera, for as long as the lease is not disposed of; or why there is none.</summary>
    LogOpening Open(string camera, StreamQuality quality = StreamQuality.Full);
}

/// <summary>Why a log was not opened.</summary>
public enum LogRefusal
{
    None,

    /// <summary>There is no such camera, or it is stopped after failures.</summary>
    UnknownCamera,

    /// <summary>The configuration leaves the low-resolution stream off.</summary>
    LowIsOff,

    /// <summary>The processor is needed for the recordings; the low-resolution stream comes back by itself.</summary>
    LowIsSuspended,
}

/// <summary>A lease, or a refusal with words for a viewer.</summary>
public readonly record struct LogOpening(LogLease? Lease, LogRefusal Refusal = LogRefusal.None, string Reason = "")
{
    public static LogOpening Refused(LogRefusal refusal, string reason) => new(null, refusal, reason);
}

/// <summary>Somebody reads this log. Disposing of it more than once does nothing more.</summary>
public sealed class LogLease(StreamName stream, GopLog log, Action? ended = null) : IDisposable
{
    private Action? _ended = ended;

    public StreamName Stream { get; } = stream;

    /// <summary>May end at any time: see <see cref="ICameraLogs"/>.</summary>
    public GopLog Log { get; } = log;

    public void Dispose() => Interlocked.Exchange(ref _ended, null)?.Invoke();
}
