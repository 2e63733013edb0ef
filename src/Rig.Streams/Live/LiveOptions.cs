using Rig.Media.Time;
using Rig.Streams.Log;

namespace Rig.Streams.Live;

/// <summary>Limits of live outputs.</summary>
public sealed record LiveOptions
{
    /// <summary>Viewers of all cameras at once, over all outputs.</summary>
    public int Viewers { get; init; } = 1000;

    /// <summary>Viewers of one camera at once.</summary>
    public int CameraViewers { get; init; } = 600;

    /// <summary>A viewer who is behind by more than this loses what lies between and goes on at the newest key unit.</summary>
    public MediaSpan Lag { get; init; } = MediaSpan.FromSeconds(1);

    /// <summary>What a viewer who falls behind loses first.</summary>
    public LagStrategy Strategy { get; init; } = LagStrategy.Oldest;

    /// <summary>A viewer who takes longer than this to take one unit does not read, and is sent away.</summary>
    public TimeSpan SendLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Without a unit for so long, viewers are told that the camera is away.</summary>
    public TimeSpan AwayAfter { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>What a viewer uses.</summary>
public enum LiveOutput
{
    Socket,
    Mp4,
    Hls,
    Rtsp,
}
