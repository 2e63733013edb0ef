using System.Text.Json.Serialization;
using Rig.Contracts.Json;

namespace Rig.Lighthouse.Http;

/// <summary><c>GET /status</c>: how this lighthouse and its etcd are. Public facts only.</summary>
internal sealed record LighthouseStatus
{
    public required string RigId { get; init; }
    public required string Name { get; init; }
    public required string Version { get; init; }

    /// <summary>The member answers and knows a leader.</summary>
    public required bool Healthy { get; init; }
    public required EtcdMemberStatus Etcd { get; init; }
    public required IReadOnlyList<RigMemberStatus> Members { get; init; }

    /// <summary><c>NOSPACE</c>, <c>CORRUPT</c>, with the member's name.</summary>
    public required IReadOnlyList<string> Alarms { get; init; }
    public DateTimeOffset? LastSnapshot { get; init; }
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Joins, renewals and refusals since the start, refusals by their code.</summary>
    public required IReadOnlyDictionary<string, long> Requests { get; init; }
}

/// <summary>The guarded child.</summary>
/// <param name="Leader">Name of the leading member; null when none is known.</param>
/// <param name="Away">Why the shared state cannot be used; null when it can.</param>
/// <param name="LastEnd">How it ended the last time it was not asked to; null when it never did.</param>
internal sealed record EtcdMemberStatus(
    bool Running,
    int Restarts,
    string? Version,
    long DatabaseBytes,
    long DatabaseBytesInUse,
    long QuotaBytes,
    string? Leader,
    string? Away,
    string? LastEnd
);

/// <param name="Votes">False while it learns.</param>
internal sealed record RigMemberStatus(string Name, string Id, IReadOnlyList<string> Peer, IReadOnlyList<string> Client, bool Votes);

[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcTimeConverter)]
)]
[JsonSerializable(typeof(LighthouseStatus))]
internal sealed partial class StatusJson : JsonSerializerContext;
