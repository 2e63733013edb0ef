// What travels between a lighthouse and who wants to join. The discovery document is public; everything else goes over TLS with the rig's CA.
using System.Text.Json;
using System.Text.Json.Serialization;
using Rig.Contracts.Json;
using Rig.Contracts.Problems;

namespace Rig.Cluster.Joining;

/// <summary><c>GET /.well-known/rig</c>: where everything of the rig is. Public, and trusted only as far as a token's fingerprint confirms the CA.</summary>
public sealed record RigDiscovery
{
    public required string RigId { get; init; }

    /// <summary>Name of the lighthouse that answers.</summary>
    public required string Lighthouse { get; init; }

    /// <summary>Client addresses of the etcd members: <c>https://host:port</c>.</summary>
    public required IReadOnlyList<string> EtcdEndpoints { get; init; }

    /// <summary>Where to join: <c>https://host:port</c>.</summary>
    public required string JoinAddress { get; init; }

    /// <summary>Discovery addresses of all lighthouses, this one too.</summary>
    public required IReadOnlyList<string> Lighthouses { get; init; }

    /// <summary>The nodes that are members now; empty when unknown.</summary>
    public IReadOnlyList<RigNodeAddress> Nodes { get; init; } = [];

    /// <summary>The rig's CA certificate, PEM.</summary>
    public required string Ca { get; init; }
    public required RigVersions Versions { get; init; }
}

/// <param name="Http">Where people and programs find it.</param>
public sealed record RigNodeAddress(string NodeId, string Http);

/// <param name="Protocol">Of joining; grows when an old client could not join any more.</param>
/// <param name="Etcd">Null while the member does not answer.</param>
public sealed record RigVersions(string Software, int Protocol, string? Etcd);

/// <summary><c>POST /v1/join</c>, TLS.</summary>
public sealed record JoinRequest
{
    /// <summary>The token's secret, hexadecimal.</summary>
    public required string Secret { get; init; }

    /// <summary>Id of the node, or name of the lighthouse.</summary>
    public required string NodeId { get; init; }

    /// <summary>PKCS #10, PEM. Only its key counts, and its signature must prove that the sender has it.</summary>
    public required string Csr { get; init; }
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Host names and IP addresses that the certificate shall be good for.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Lighthouses only: where the new etcd member will listen for the others.</summary>
    public LighthouseAddresses? Lighthouse { get; init; }
}

/// <param name="Peer"><c>https://host:port</c> for the other etcd members.</param>
/// <param name="Discovery"><c>http://host:port</c></param>
public sealed record LighthouseAddresses(string Peer, string Discovery);

/// <summary><c>POST /v1/renew</c>, TLS with the old certificate.</summary>
public sealed record RenewRequest
{
    public required string Csr { get; init; }
    public IReadOnlyList<string> Addresses { get; init; } = [];
}

/// <summary>Answer to both.</summary>
public sealed record JoinAnswer
{
    public required string RigId { get; init; }
    public required string NodeId { get; init; }

    /// <summary>PEM.</summary>
    public required string Certificate { get; init; }

    /// <summary>PEM.</summary>
    public required string Ca { get; init; }
    public required IReadOnlyList<string> EtcdEndpoints { get; init; }
    public required IReadOnlyList<string> Lighthouses { get; init; }
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>For a lighthouse only.</summary>
    public LighthouseShare? Share { get; init; }
}

/// <summary>What a new lighthouse needs besides its certificate.</summary>
/// <param name="CaKey">Private key of the CA, PEM: every lighthouse can let nodes in.</param>
/// <param name="InitialCluster">etcd's <c>--initial-cluster</c> without the new member: <c>name=peer,...</c>.</param>
/// <param name="MemberId">The new member's id in etcd.</param>
public sealed record LighthouseShare(string CaKey, string InitialCluster, ulong MemberId);

/// <summary>Stable codes of refusals by a lighthouse.</summary>
public static class JoinProblems
{
    public const string TokenWrong = "token_wrong";
    public const string TokenExpired = "token_expired";
    public const string TokenUsed = "token_used";

    /// <summary>The token is for another role or another node.</summary>
    public const string TokenRole = "token_role";
    public const string BadCsr = "bad_csr";
    public const string BadId = "bad_id";
    public const string BadAddress = "bad_address";
    public const string IdTaken = "id_taken";
    public const string BadRequest = "bad_request";
    public const string TooMany = "too_many_requests";
    public const string NeedsTls = "needs_tls";
    public const string NoCertificate = "no_certificate";

    /// <summary>The lighthouse cannot use its etcd now.</summary>
    public const string EtcdAway = "etcd_away";

    /// <summary>etcd refused the change of members.</summary>
    public const string MemberRefused = "member_refused";
    public const string NotFound = "not_found";
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcTimeConverter)],
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(RigDiscovery))]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(RenewRequest))]
[JsonSerializable(typeof(JoinAnswer))]
[JsonSerializable(typeof(Problem))]
public sealed partial class JoinJson : JsonSerializerContext;
