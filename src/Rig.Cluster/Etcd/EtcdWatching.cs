using System.Text.Json.Serialization;

namespace Rig.Cluster.Etcd;

/// <summary>One change that a watch reports.</summary>
public sealed record EtcdEvent
{
    /// <summary>Absent for a put, <c>DELETE</c> for the end of a key, also by its lease.</summary>
    public string Type
    {
        get => field ?? "PUT";
        init;
    }

    /// <summary>Of a deleted key only <see cref="EtcdKeyValue.Key"/> and <see cref="EtcdKeyValue.ModRevision"/>, the revision of its deletion.</summary>
    public EtcdKeyValue Kv
    {
        get => field ?? new();
        init;
    }

    [JsonIgnore]
    public bool IsDelete => Type == "DELETE";
}

internal sealed record EtcdWatchRequest(EtcdWatchCreate CreateRequest);

internal sealed record EtcdWatchCreate
{
    [JsonConverter(typeof(Base64TextConverter))]
    public required string Key { get; init; }
    public ReadOnlyMemory<byte>? RangeEnd { get; init; }
    public long StartRevision { get; init; }
    public bool ProgressNotify { get; init; }

    /// <summary>A long answer comes in parts.</summary>
    public bool Fragment { get; init; }
}

internal sealed record EtcdWatchAnswer
{
    public EtcdHeader Header
    {
        get => field ?? new();
        init;
    }
    public long WatchId { get; init; }
    public bool Created { get; init; }
    public bool Canceled { get; init; }
    public string CancelReason
    {
        get => field ?? "";
        init;
    }

    /// <summary>The oldest revision that is kept, when the watch was cancelled because it asked for an older one.</summary>
    public long CompactRevision { get; init; }

    /// <summary>More parts of this answer follow.</summary>
    public bool Fragment { get; init; }
    public IReadOnlyList<EtcdEvent> Events
    {
        get => field ?? [];
        init => field = EtcdJson.Whole(value);
    }
}
