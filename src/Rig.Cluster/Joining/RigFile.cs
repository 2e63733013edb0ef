using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rig.Cluster.Joining;

/// <summary><c>rig.json</c> in the identity folder: which rig this node belongs to and where to find it. Written by joining.</summary>
public sealed record RigFile
{
    public required string RigId { get; init; }

    /// <summary>The node's id, the same as its certificate's common name.</summary>
    public required string NodeId { get; init; }

    /// <summary>Discovery addresses of the lighthouses known at joining: <c>http://host:port</c>.</summary>
    public IReadOnlyList<Uri> Lighthouses { get; init; } = [];

    /// <summary>Client addresses of etcd: <c>https://host:port</c>.</summary>
    public IReadOnlyList<Uri> EtcdEndpoints { get; init; } = [];

    public string ToJson() => JsonSerializer.Serialize(this, RigFileJson.Default.RigFile);

    /// <exception cref="JsonException">It is not a rig file.</exception>
    public static RigFile Parse(string json) =>
        JsonSerializer.Deserialize(json, RigFileJson.Default.RigFile) ?? throw new JsonException("null is no rig file.");
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip
)]
[JsonSerializable(typeof(RigFile))]
internal sealed partial class RigFileJson : JsonSerializerContext;
