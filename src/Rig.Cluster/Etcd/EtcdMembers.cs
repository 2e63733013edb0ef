using System.Text.Json.Serialization;

namespace Rig.Cluster.Etcd;

/// <summary>A member of etcd itself (not a node of the rig).</summary>
public sealed record EtcdMember
{
    [JsonPropertyName("ID")]
    public ulong Id { get; init; }

    /// <summary>Empty until it was started for the first time.</summary>
    public string Name
    {
        get => field ?? "";
        init;
    }

    [JsonPropertyName("peerURLs")]
    public IReadOnlyList<string> PeerUrls
    {
        get => field ?? [];
        init;
    }

    [JsonPropertyName("clientURLs")]
    public IReadOnlyList<string> ClientUrls
    {
        get => field ?? [];
        init;
    }

    /// <summary>It follows and does not vote yet; it answers little more than its status.</summary>
    [JsonPropertyName("isLearner")]
    public bool IsLearner { get; init; }
}

public sealed record EtcdMembersAnswer
{
    public EtcdHeader Header
    {
        get => field ?? new();
        init;
    }

    /// <summary>The one that was added.</summary>
    public EtcdMember? Member { get; init; }
    public IReadOnlyList<EtcdMember> Members
    {
        get => field ?? [];
        init => field = EtcdJson.Whole(value);
    }
}

internal sealed record EtcdMemberRequest
{
    [JsonPropertyName("ID")]
    public ulong Id { get; init; }

    [JsonPropertyName("peerURLs")]
    public IReadOnlyList<string>? PeerUrls { get; init; }

    [JsonPropertyName("isLearner")]
    public bool IsLearner { get; init; }
}

/// <summary>One member's own view of itself.</summary>
public sealed record EtcdStatus
{
    public EtcdHeader Header
    {
        get => field ?? new();
        init;
    }
    public string Version
    {
        get => field ?? "";
        init;
    }

    /// <summary>Bytes of its file; shrinks by defragmentation only.</summary>
    [JsonPropertyName("dbSize")]
    public long DbSize { get; init; }

    /// <summary>Bytes of it that hold something.</summary>
    [JsonPropertyName("dbSizeInUse")]
    public long DbSizeInUse { get; init; }

    /// <summary>The leading member; 0 when this one knows none.</summary>
    public ulong Leader { get; init; }

    [JsonPropertyName("raftIndex")]
    public ulong RaftIndex { get; init; }

    [JsonPropertyName("raftTerm")]
    public ulong RaftTerm { get; init; }

    [JsonPropertyName("raftAppliedIndex")]
    public ulong RaftAppliedIndex { get; init; }
    public IReadOnlyList<string> Errors
    {
        get => field ?? [];
        init;
    }
}

/// <param name="Alarm"><c>NOSPACE</c> or <c>CORRUPT</c>.</param>
public sealed record EtcdAlarm([property: JsonPropertyName("memberID")] ulong MemberId, string Alarm);

internal sealed record EtcdAlarmRequest(string Action, [property: JsonPropertyName("memberID")] ulong MemberId = 0, string? Alarm = null);

internal sealed record EtcdAlarmsAnswer
{
    public IReadOnlyList<EtcdAlarm> Alarms
    {
        get => field ?? [];
        init => field = EtcdJson.Whole(value);
    }
}

internal sealed record EtcdCompactionRequest(long Revision, bool Physical);

internal sealed record EtcdSnapshotPart
{
    /// <summary>How much is still to come after this part.</summary>
    public ulong RemainingBytes { get; init; }
    public ReadOnlyMemory<byte> Blob { get; init; }
}

internal sealed record EtcdLoginRequest(string Name, string Password);

internal sealed record EtcdLogin
{
    public string Token
    {
        get => field ?? "";
        init;
    }
}
