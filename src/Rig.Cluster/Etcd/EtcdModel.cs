// What etcd 3.4 knows, as its JSON gateway writes it (rpc.proto, kv.proto). Names follow the protocol. The gateway leaves out what is zero or empty, and generated
// readers pass by the initializers of init-only properties: hence the defaults in the getters.
using System.Text.Json.Serialization;

namespace Rig.Cluster.Etcd;

public sealed record EtcdHeader
{
    public ulong MemberId { get; init; }

    /// <summary>The store's revision when the answer was made. Zero where the answer is not about keys.</summary>
    public long Revision { get; init; }
    public ulong RaftTerm { get; init; }
}

public sealed record EtcdKeyValue
{
    [JsonConverter(typeof(Base64TextConverter))]
    public string Key
    {
        get => field ?? "";
        init;
    }
    public ReadOnlyMemory<byte> Value { get; init; }
    public long CreateRevision { get; init; }
    public long ModRevision { get; init; }

    /// <summary>1 at its creation, one more with every write.</summary>
    public long Version { get; init; }

    /// <summary>0 without one.</summary>
    public long Lease { get; init; }
}

/// <summary>Keys from <see cref="Key"/> up to but not including <see cref="RangeEnd"/>; that one key when there is no end.</summary>
public sealed record EtcdRange
{
    [JsonConverter(typeof(Base64TextConverter))]
    public required string Key { get; init; }
    public ReadOnlyMemory<byte>? RangeEnd { get; init; }
    public long Limit { get; init; }

    /// <summary>The past to read; 0 for now.</summary>
    public long Revision { get; init; }

    /// <summary>Answered by the member alone, perhaps stale, without a majority.</summary>
    public bool Serializable { get; init; }
    public bool KeysOnly { get; init; }
    public bool CountOnly { get; init; }

    public static EtcdRange Prefix(string prefix) => new() { Key = prefix, RangeEnd = EtcdKeys.PrefixEnd(prefix) };
}

public sealed record EtcdRangeAnswer
{
    public EtcdHeader Header
    {
        get => field ?? new();
        init;
    }
    public IReadOnlyList<EtcdKeyValue> Kvs
    {
        get => field ?? [];
        init => field = EtcdJson.Whole(value);
    }

    /// <summary>There are more keys than the limit let through.</summary>
    public bool More { get; init; }
    public long Count { get; init; }
}

public sealed record EtcdPut
{
    [JsonConverter(typeof(Base64TextConverter))]
    public required string Key { get; init; }
    public required ReadOnlyMemory<byte> Value { get; init; }
    public long Lease { get; init; }
}

public sealed record EtcdPutAnswer
{
    public EtcdHeader Header
    {
        get => field ?? new();
        init;
    }
}

public sealed record EtcdDelete
{
    [JsonConverter(typeof(Base64TextConverter))]
    public required string Key { get; init; }
    public ReadOnlyMemory<byte>? RangeEnd { get; init; }
}

public sealed record EtcdDeleteAnswer
{
    public EtcdHeader Header
    {
        get => field ?? new();
        init;
    }
    public long Deleted { get; init; }
}

/// <summary>A condition of a transaction. A key that does not exist has revisions and version 0.</summary>
public sealed record EtcdCompare
{
    /// <summary><c>CREATE</c>, <c>MOD</c>, <c>VERSION</c>, <c>VALUE</c> or <c>LEASE</c>.</summary>
    public required string Target { get; init; }

    /// <summary><c>EQUAL</c>, <c>GREATER</c>, <c>LESS</c> or <c>NOT_EQUAL</c>.</summary>
    public string Result { get; init; } = "EQUAL";

    [JsonConverter(typeof(Base64TextConverter))]
    public required string Key { get; init; }
    public long? CreateRevision { get; init; }
    public long? ModRevision { get; init; }
    public long? Version { get; init; }
    public ReadOnlyMemory<byte>? Value { get; init; }
    public long? Lease { get; init; }

    public static EtcdCompare Created(string key, long revision) =>
        new()
        {
            Target = "CREATE",
            Key = key,
            CreateRevision = revision,
        };

    public static EtcdCompare Modified(string key, long revision) =>
        new()
        {
            Target = "MOD",
            Key = key,
            ModRevision = revision,
        };

    public static EtcdCompare Absent(string key) => Created(key, 0);
}

/// <summary>One operation of a transaction; exactly one of the three.</summary>
public sealed record EtcdOperation
{
    public EtcdRange? RequestRange { get; init; }
    public EtcdPut? RequestPut { get; init; }
    public EtcdDelete? RequestDeleteRange { get; init; }

    public static EtcdOperation Of(EtcdRange range) => new() { RequestRange = range };

    public static EtcdOperation Of(EtcdPut put) => new() { RequestPut = put };

    public static EtcdOperation Of(EtcdDelete delete) => new() { RequestDeleteRange = delete };
}

/// <summary>All of <see cref="Compare"/> hold: <see cref="Success"/>, otherwise <see cref="Failure"/>; at one instant.</summary>
public sealed record EtcdTransaction
{
    public IReadOnlyList<EtcdCompare> Compare
    {
        get => field ?? [];
        init;
    }
    public IReadOnlyList<EtcdOperation> Success
    {
        get => field ?? [];
        init;
    }
    public IReadOnlyList<EtcdOperation> Failure
    {
        get => field ?? [];
        init;
    }
}

public sealed record EtcdTransactionAnswer
{
    public EtcdHeader Header
    {
        get => field ?? new();
        init;
    }
    public bool Succeeded { get; init; }
    public IReadOnlyList<EtcdOperationAnswer> Responses
    {
        get => field ?? [];
        init => field = EtcdJson.Whole(value);
    }
}

public sealed record EtcdOperationAnswer
{
    public EtcdRangeAnswer? ResponseRange { get; init; }
    public EtcdPutAnswer? ResponsePut { get; init; }
    public EtcdDeleteAnswer? ResponseDeleteRange { get; init; }
}
