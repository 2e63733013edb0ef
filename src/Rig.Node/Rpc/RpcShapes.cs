// What JSON-RPC answers where no record of the HTTP API does.
using System.Text.Json;
using System.Text.Json.Serialization;
using Rig.Contracts.Cameras;
using Rig.Contracts.Json;
using Rig.Contracts.Nodes;

namespace Rig.Node.Rpc;

internal sealed record CameraList(IReadOnlyList<CameraStatus> Cameras, int Total, int Connected);

/// <summary>Where one camera can be seen.</summary>
internal sealed record StreamUrls(string Camera, string Live, string Hls, string Rtsp, string Mjpeg, string Snapshot);

/// <param name="Status"><c>active</c> or <c>inactive</c>.</param>
internal sealed record StreamState(
    string Camera,
    string Status,
    bool Ready,
    string? Codec,
    Resolution? Resolution,
    double? Fps,
    long? Bitrate,
    int Readers
);

/// <param name="Data">JPEG in Base64.</param>
internal sealed record SnapshotAnswer(string Camera, DateTimeOffset Time, int Width, int Height, string Format, byte[] Data);

internal sealed record SubscriptionState(bool Subscribed, IReadOnlyList<string> Topics);

/// <param name="Delivered">Events sent on this connection.</param>
/// <param name="Dropped">Events that this connection was too slow for.</param>
/// <param name="Clients">Of the whole node.</param>
internal sealed record SubscriptionStats(IReadOnlyList<string> Topics, long Delivered, long Dropped, int Clients);

internal sealed record NodeMetrics(
    ProcessStatus Process,
    DiskStatus Disk,
    TemperatureStatus? Temperature,
    ClockStatus Clock,
    IReadOnlyDictionary<string, CameraMetrics> Cameras,
    EventMetrics Events
);

internal sealed record CameraMetrics(
    double? Fps,
    long? Bitrate,
    long Units,
    int Restarts,
    long Frames,
    long DurableBytes,
    long DroppedUnits
);

internal sealed record EventMetrics(long Published, int Clients);

internal sealed record FoundStreams(IReadOnlyList<FoundStream> Streams);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcTimeConverter)]
)]
[JsonSerializable(typeof(RpcError))]
[JsonSerializable(typeof(CameraList))]
[JsonSerializable(typeof(StreamUrls))]
[JsonSerializable(typeof(StreamState))]
[JsonSerializable(typeof(SnapshotAnswer))]
[JsonSerializable(typeof(SubscriptionState))]
[JsonSerializable(typeof(SubscriptionStats))]
[JsonSerializable(typeof(NodeMetrics))]
[JsonSerializable(typeof(FoundStreams))]
[JsonSerializable(typeof(string))]
internal sealed partial class RpcJson : JsonSerializerContext;
