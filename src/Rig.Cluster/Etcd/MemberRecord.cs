using System.Text.Json;
using System.Text.Json.Serialization;
using Rig.Contracts.Cluster;
using Rig.Contracts.Json;

namespace Rig.Cluster.Etcd;

/// <summary>The value under a member's key.</summary>
/// <param name="Left">It said goodbye; the key is there only to tell so.</param>
internal sealed record MemberRecord(Member Member, bool Left)
{
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, MemberJson.Default.MemberRecord);

    /// <summary>Null when it is not what a node writes under its own name.</summary>
    public static MemberRecord? Read(string nodeId, ReadOnlyMemory<byte> value)
    {
        try
        {
            MemberRecord? record = JsonSerializer.Deserialize(value.Span, MemberJson.Default.MemberRecord);
            return record?.Member is { Roles: not null, Cameras: not null } member && member.NodeId == nodeId ? record : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcTimeConverter)],
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(MemberRecord))]
internal sealed partial class MemberJson : JsonSerializerContext;
