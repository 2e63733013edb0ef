// What lies in the rig's shared state under access/: no secret in the clear, only hashes of them. Every node of the rig can read it.
using System.Text.Json;
using System.Text.Json.Serialization;
using Rig.Contracts.Access;
using Rig.Contracts.Json;

namespace Rig.Node.Rights;

/// <summary>Keys below the prefix that nodes share.</summary>
internal static class AccessKeys
{
    public const string Prefix = "access/";
    public const string Tokens = Prefix + "tokens/";
    public const string Users = Prefix + "users/";
    public const string Sessions = Prefix + "sessions/";
}

/// <summary>Something that gives a right.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(TokenDocument), "token")]
[JsonDerivedType(typeof(UserDocument), "user")]
[JsonDerivedType(typeof(SessionDocument), "session")]
internal abstract record AccessDocument
{
    public required DateTimeOffset Created { get; init; }
}

/// <param name="Hash">SHA-256 of the token.</param>
/// <param name="Md5">HA1 of RFC 2617 for RTSP: see <see cref="DigestCredentials"/>.</param>
/// <param name="Sha256">HA1 of RFC 7616 with SHA-256.</param>
internal sealed record TokenDocument(
    string Id,
    string Name,
    Role Role,
    string Hash,
    string CreatedBy,
    string Md5,
    string Sha256,
    DateTimeOffset? Expires = null
) : AccessDocument;

/// <param name="Password">As <see cref="Passwords"/> writes it.</param>
/// <param name="Stamp">New with each password and role; logins of an older one do not hold.</param>
internal sealed record UserDocument(string Name, Role Role, string Password, string Stamp) : AccessDocument;

/// <param name="Hash">SHA-256 of the cookie.</param>
/// <param name="User">Null for a login by a one-time link.</param>
/// <param name="Token">Id of the token that was turned into this login.</param>
internal sealed record SessionDocument(
    string Hash,
    Role Role,
    DateTimeOffset Expires,
    string? User = null,
    string? Stamp = null,
    string? Token = null
) : AccessDocument;

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcTimeConverter)],
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(AccessDocument))]
[JsonSerializable(typeof(Dictionary<string, AccessDocument>), TypeInfoPropertyName = "Documents")]
internal sealed partial class AccessJson : JsonSerializerContext;
