using System.Text.Json.Serialization;

namespace Rig.Cluster.Etcd;

/// <summary>A lease as granted or kept alive.</summary>
public sealed record EtcdLease
{
    [JsonPropertyName("ID")]
    public long Id { get; init; }

    /// <summary>Seconds from now on. At most 0 when there is no such lease (any more).</summary>
    [JsonPropertyName("TTL")]
    public long Ttl { get; init; }

    /// <summary>Seconds, as once granted; only when asked for.</summary>
    [JsonPropertyName("grantedTTL")]
    public long GrantedTtl { get; init; }
    public EtcdHeader Header
    {
        get => field ?? new();
        init;
    }
}

internal sealed record EtcdLeaseRequest
{
    [JsonPropertyName("ID")]
    public long Id { get; init; }

    [JsonPropertyName("TTL")]
    public long Ttl { get; init; }
}
