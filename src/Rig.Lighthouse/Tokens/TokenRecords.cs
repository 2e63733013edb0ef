using System.Text.Json;
using System.Text.Json.Serialization;
using Rig.Contracts.Json;

namespace Rig.Lighthouse.Tokens;

/// <summary>A token at rest; its secret's hash is in the key.</summary>
/// <param name="Role">As <see cref="Rig.Cluster.Joining.RigJoin.RoleName"/> writes it.</param>
/// <param name="Node">The only id that it lets in, even when the rig knows that id already; null for any new one.</param>
/// <param name="UsedBy">Who used it; null before.</param>
internal sealed record TokenRecord(string Role, DateTimeOffset Created, DateTimeOffset Expires, string? Node = null, string? UsedBy = null);

/// <summary>A node that was let in.</summary>
internal sealed record NodeRecord(
    string NodeId,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> Addresses,
    string Serial,
    DateTimeOffset Joined,
    DateTimeOffset NotAfter
);

/// <summary>A lighthouse that was let in.</summary>
/// <param name="Discovery"><c>http://host:port</c></param>
/// <param name="MemberId">Of its etcd member; null until it was added.</param>
internal sealed record LighthouseRecord(string Name, string Discovery, DateTimeOffset Joined, ulong? MemberId = null);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcTimeConverter)],
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(TokenRecord))]
[JsonSerializable(typeof(NodeRecord))]
[JsonSerializable(typeof(LighthouseRecord))]
internal sealed partial class TokenJson : JsonSerializerContext
{
    /// <summary>Null for what nobody of this program wrote.</summary>
    public static T? TryRead<T>(ReadOnlySpan<byte> json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
