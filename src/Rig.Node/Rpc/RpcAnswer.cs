using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rig.Contracts.Problems;

namespace Rig.Node.Rpc;

/// <summary>What a method answers: JSON, or an error.</summary>
internal sealed class RpcAnswer
{
    private RpcAnswer() { }

    public ReadOnlyMemory<byte> Result { get; private init; }
    public RpcError? Error { get; private init; }

    public static RpcAnswer Of<T>(T value, JsonTypeInfo<T> type) => new() { Result = JsonSerializer.SerializeToUtf8Bytes(value, type) };

    public static RpcAnswer Of(RpcError error) => new() { Error = error };

    /// <summary>What the control plane answers: a record of this type, or a problem.</summary>
    public static RpcAnswer OfEither<T>(object answer, JsonTypeInfo<T> type) =>
        answer is Problem problem ? Of(RpcError.Refused(problem)) : Of((T)answer, type);
}

/// <summary>Section 5.1 of the specification. Ours lie above the range that it keeps for itself: -31000 minus the HTTP status of the same refusal.</summary>
internal sealed record RpcError(int Code, string Message, Problem? Data = null)
{
    private const int Ours = -31_000;

    public static RpcError NoJson(string detail) => new(-32_700, $"Parse error. {detail}");

    public static RpcError NoRequest(string detail) => new(-32_600, $"Invalid request. {detail}");

    public static RpcError NoMethod(string method) => new(-32_601, $"Method not found: {method}.");

    public static RpcError WrongParameters(string detail) => new(-32_602, $"Invalid params. {detail}");

    public static RpcError Fault { get; } = new(-32_603, "Internal error. GET /logs has the details; recordings are not touched.");

    public static RpcError Refused(Problem problem) => new(Ours - problem.Status, problem.Title, problem);
}

/// <summary>The parameters of a call cannot be used; the message says which and why.</summary>
internal sealed class RpcParameterException(string message) : Exception(message);
