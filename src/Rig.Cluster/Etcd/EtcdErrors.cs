using System.Net;
using System.Text.Json;

namespace Rig.Cluster.Etcd;

internal enum Unavailability
{
    /// <summary>Refused before anything was done.</summary>
    Unsent,

    /// <summary>It may have been done.</summary>
    Unknown,
}

/// <summary>
/// What etcd's errors mean. The codes are too coarse (14 for everything that passes), so that etcd's own clients go by the exact text too;
/// it is part of its interface (etcd 3.4, etcdserver/api/v3rpc/rpctypes/error.go).
/// </summary>
internal static class EtcdErrors
{
    public const string PasswordsAreOff = "etcdserver: authentication is not enabled";
    public const string Compacted = "etcdserver: mvcc: required revision has been compacted";

    /// <summary>To a change of members before all have been connected for 5 s: to be asked again later.</summary>
    private const string Unhealthy = "etcdserver: unhealthy cluster";
    private const string NoLeader = "etcdserver: no leader";
    private const string TooManyRequests = "etcdserver: too many requests";
    private const string InvalidToken = "etcdserver: invalid auth token";
    private const string NoToken = "etcdserver: user name is empty";
    private const string OldToken = "etcdserver: revision of auth store is old";
    private const string NoTokenForMaintenance = "auth: user name is empty";

    /// <summary>The prefix that gRPC puts before a text that passed through two of its layers.</summary>
    private const string Nested = "rpc error: code = ";

    /// <summary>Reads the body of an answer that is not 200.</summary>
    public static EtcdException Read(HttpStatusCode status, byte[] body)
    {
        try
        {
            EtcdFault? fault = JsonSerializer.Deserialize(body, EtcdJson.Default.EtcdFault);
            if (fault is { Error.ValueKind: JsonValueKind.Object })
            {
                EtcdStreamFault? inner = fault.Error.Deserialize(EtcdJson.Default.EtcdStreamFault);
                return new EtcdException(inner?.GrpcCode ?? EtcdException.Unavailable, inner?.Message ?? "");
            }

            if (fault is { Message.Length: > 0 })
            {
                return new EtcdException(fault.Code, fault.Message);
            }
        }
        catch (JsonException)
        {
            // Not the gateway's words: a proxy's page, or no etcd at all. The status says enough.
        }

        return new EtcdException(EtcdException.Unavailable, $"HTTP {(int)status} without an answer of etcd: is this address an etcd's?");
    }

    /// <summary>The reason of a cancelled watch: <c>rpc error: code = Unauthenticated desc = etcdserver: invalid auth token</c>.</summary>
    public static EtcdException ReadCancelled(string reason)
    {
        const string Description = " desc = ";
        int at = reason.StartsWith(Nested, StringComparison.Ordinal) ? reason.IndexOf(Description, StringComparison.Ordinal) : -1;
        string name = at < 0 ? "" : reason[Nested.Length..at];
        int code = name switch
        {
            "InvalidArgument" => EtcdException.InvalidArgument,
            "PermissionDenied" => EtcdException.PermissionDenied,
            "Unauthenticated" => EtcdException.Unauthenticated,
            _ => EtcdException.Unavailable,
        };
        return new EtcdException(code, at < 0 ? reason : reason[(at + Description.Length)..]);
    }

    /// <summary>Null for an answer that another member would give too.</summary>
    public static Unavailability? Of(EtcdException refused) =>
        refused switch
        {
            { Message: NoLeader or TooManyRequests } => Unavailability.Unsent,
            { Message: Unhealthy } => null,
            { Code: EtcdException.Unavailable or 1 or 4 } => Unavailability.Unknown,
            _ => null,
        };

    /// <summary>What a person does about it.</summary>
    public static string Remedy(EtcdException refused) =>
        refused.Code switch
        {
            EtcdException.ResourceExhausted =>
                "Its database is full or it is overloaded: compact and defragment it, then take the alarm back (the lighthouse does so).",
            EtcdException.PermissionDenied or EtcdException.Unauthenticated => "Check this node's etcd user and password.",
            EtcdException.InvalidArgument => "Check etcd's user and password of this node; a document may have 1.5 MB at most.",
            _ => "See the lighthouse's log.",
        };

    public static bool TokenIsStale(EtcdException refused) =>
        refused.Message is InvalidToken or NoToken or OldToken or NoTokenForMaintenance;
}
