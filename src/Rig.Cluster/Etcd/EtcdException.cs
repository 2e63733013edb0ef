namespace Rig.Cluster.Etcd;

/// <summary>etcd answered, and the answer is no. Codes are those of gRPC.</summary>
public sealed class EtcdException(int code, string message) : Exception(message)
{
    public const int InvalidArgument = 3;
    public const int NotFound = 5;
    public const int PermissionDenied = 7;
    public const int ResourceExhausted = 8;
    public const int FailedPrecondition = 9;
    public const int OutOfRange = 11;
    public const int Unavailable = 14;
    public const int Unauthenticated = 16;

    public int Code { get; } = code;
}
