using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rig.Cluster.Etcd;

/// <summary>The gateway's JSON: snake_case, 64-bit numbers as strings, bytes as base64, default values left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString,
    RespectNullableAnnotations = true,
    MaxDepth = 32
)]
[JsonSerializable(typeof(EtcdEmpty))]
[JsonSerializable(typeof(EtcdFault))]
[JsonSerializable(typeof(EtcdRange))]
[JsonSerializable(typeof(EtcdRangeAnswer))]
[JsonSerializable(typeof(EtcdPut))]
[JsonSerializable(typeof(EtcdPutAnswer))]
[JsonSerializable(typeof(EtcdDelete))]
[JsonSerializable(typeof(EtcdDeleteAnswer))]
[JsonSerializable(typeof(EtcdTransaction))]
[JsonSerializable(typeof(EtcdTransactionAnswer))]
[JsonSerializable(typeof(EtcdLeaseRequest))]
[JsonSerializable(typeof(EtcdLease))]
[JsonSerializable(typeof(EtcdStreamed<EtcdLease>), TypeInfoPropertyName = "StreamedLease")]
[JsonSerializable(typeof(EtcdWatchRequest))]
[JsonSerializable(typeof(EtcdStreamed<EtcdWatchAnswer>), TypeInfoPropertyName = "StreamedWatch")]
[JsonSerializable(typeof(EtcdMemberRequest))]
[JsonSerializable(typeof(EtcdMembersAnswer))]
[JsonSerializable(typeof(EtcdStatus))]
[JsonSerializable(typeof(EtcdAlarmRequest))]
[JsonSerializable(typeof(EtcdAlarmsAnswer))]
[JsonSerializable(typeof(EtcdCompactionRequest))]
[JsonSerializable(typeof(EtcdStreamed<EtcdSnapshotPart>), TypeInfoPropertyName = "StreamedSnapshot")]
[JsonSerializable(typeof(EtcdLoginRequest))]
[JsonSerializable(typeof(EtcdLogin))]
internal sealed partial class EtcdJson : JsonSerializerContext
{
    /// <summary>The serializer checks properties for null, not the elements of lists.</summary>
    public static IReadOnlyList<T>? Whole<T>(IReadOnlyList<T>? list)
        where T : class => list?.Contains(null) == true ? throw new JsonException("null in a list") : list;
}

internal sealed record EtcdEmpty;

/// <summary>A message of a stream: a result, or the error that ends the stream though its status was 200.</summary>
internal sealed record EtcdStreamed<T>
{
    public T? Result { get; init; }
    public EtcdStreamFault? Error { get; init; }
}

internal sealed record EtcdStreamFault
{
    public int GrpcCode { get; init; }
    public string Message
    {
        get => field ?? "";
        init;
    }
}

/// <summary>The body of an answer whose status is not 200. Of a stream that failed before its first message the error is an object.</summary>
internal sealed record EtcdFault
{
    public JsonElement Error { get; init; }
    public int Code { get; init; }
    public string Message
    {
        get => field ?? "";
        init;
    }
}

/// <summary>Keys are bytes to etcd and text to the rig.</summary>
internal sealed class Base64TextConverter : JsonConverter<string>
{
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Encoding.UTF8.GetString(reader.GetBytesFromBase64());

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteBase64StringValue(Encoding.UTF8.GetBytes(value));
}
