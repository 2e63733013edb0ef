using Rig.Streams.Log;

namespace Rig.Streams.Tests.Recording;

/// <summary>A clock that is as far as the camera has played; timers run as ever.</summary>
internal sealed class MediaClock(GopLog log) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => log.NewestCapture.ToDateTimeOffset();
}
