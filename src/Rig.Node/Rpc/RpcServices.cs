// What other parts of the node may bring along. Methods that need one that is not there answer so.
using Rig.Contracts.Cluster;

namespace Rig.Node.Rpc;

/// <summary>Takes pictures of any camera of the rig.</summary>
public interface ISnapshots
{
    /// <summary>A <see cref="Snapshot"/>, or a <see cref="Contracts.Problems.Problem"/> that says why there is none.</summary>
    /// <param name="at">The instant; null for the newest picture.</param>
    /// <param name="width">In pixels; null as the camera has it.</param>
    Task<object> TakeAsync(CameraId camera, DateTimeOffset? at, int? width, CancellationToken cancel);
}

/// <param name="Time">When the picture was captured.</param>
public sealed record Snapshot(DateTimeOffset Time, int Width, int Height, ReadOnlyMemory<byte> Jpeg);

/// <summary>Looks for streams in the configured ranges.</summary>
public interface IStreamDiscovery
{
    Task<IReadOnlyList<FoundStream>> DiscoverAsync(CancellationToken cancel);
}

public sealed record FoundStream(string Url, string? Name = null, string? Codec = null);

/// <summary>Where the RTSP server listens; 8554 when nothing says otherwise.</summary>
public sealed record RtspAddress(int Port)
{
    public const int DefaultPort = 8554;
}
