using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace Rig.Node.Rpc;

/// <summary>One element of what a client sent.</summary>
internal abstract record RpcEntry
{
    /// <summary>A request, or a notification when it has no id.</summary>
    /// <param name="Id">The id as it was written; null for a notification.</param>
    /// <param name="Params">Object or array; undefined when there are none.</param>
    public sealed record Call(string? Id, string Method, JsonElement Params) : RpcEntry;

    /// <summary>Not to be carried out.</summary>
    /// <param name="Id">As written; <c>null</c> where it could not be told.</param>
    public sealed record Broken(string Id, RpcError Error) : RpcEntry;
}

/// <summary>What a client sent as a whole.</summary>
/// <param name="IsBatch">It is answered by an array.</param>
internal sealed record RpcMessage(bool IsBatch, IReadOnlyList<RpcEntry> Entries);

/// <summary>Reads JSON-RPC 2.0 (jsonrpc.org/specification). Whatever comes, an answer can be given; nothing is kept of the bytes.</summary>
internal static class RpcParser
{
    /// <summary>A start with the metadata of a season is some kilobytes.</summary>
    public const int LargestMessage = 256 << 10;

    public const int LargestBatch = 50;

    /// <summary>The deepest honest parameter has four levels.</summary>
    private const int MaxDepth = 32;

    private const int LongestId = 256;
    private const int LongestMethod = 128;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    public static RpcMessage Parse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > LargestMessage || !Utf8.IsValid(utf8.Span))
        {
            return Failed(RpcError.NoJson("It is too long, or not UTF-8."));
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, Options);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Array)
            {
                return new RpcMessage(IsBatch: false, [Entry(root)]);
            }

            return root.GetArrayLength() switch
            {
                0 => Failed(RpcError.NoRequest("The batch is empty.")),
                > LargestBatch => Failed(RpcError.NoRequest($"A batch has {LargestBatch} requests at most.")),
                _ => new RpcMessage(IsBatch: true, [.. root.EnumerateArray().Select(Entry)]),
            };
        }
        catch (JsonException broken)
        {
            return Failed(RpcError.NoJson($"Line {broken.LineNumber + 1}, byte {broken.BytePositionInLine}."));
        }
    }

    private static RpcMessage Failed(RpcError error) => new(IsBatch: false, [new RpcEntry.Broken("null", error)]);

    /// <summary>Section 4.</summary>
    private static RpcEntry Entry(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return new RpcEntry.Broken("null", RpcError.NoRequest("It is no object."));
        }

        if (!TryReadId(element, out string? id))
        {
            return new RpcEntry.Broken("null", RpcError.NoRequest("The id is neither text nor number nor null, or too long."));
        }

        if (Text(element, "jsonrpc") != "2.0")
        {
            return new RpcEntry.Broken(id ?? "null", RpcError.NoRequest("jsonrpc is not \"2.0\"."));
        }

        if (Text(element, "method") is not { Length: > 0 and <= LongestMethod } method)
        {
            return new RpcEntry.Broken(id ?? "null", RpcError.NoRequest("method is no name."));
        }

        JsonElement parameters = default;
        if (element.TryGetProperty("params", out JsonElement given) && given.ValueKind is not JsonValueKind.Null)
        {
            if (given.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
            {
                return new RpcEntry.Broken(id ?? "null", RpcError.NoRequest("params is neither object nor array."));
            }

            parameters = given.Clone();
        }

        return new RpcEntry.Call(id, method, parameters);
    }

    private static bool TryReadId(JsonElement element, out string? id)
    {
        id = null;
        if (!element.TryGetProperty("id", out JsonElement given))
        {
            return true;
        }

        if (given.ValueKind is not (JsonValueKind.String or JsonValueKind.Number or JsonValueKind.Null))
        {
            return false;
        }

        id = given.GetRawText();
        return id.Length <= LongestId;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? TryText(value) : null;

    /// <summary>Null for text with half of a surrogate pair (<c>"\ud800"</c>), which JSON's grammar allows and no text can be.</summary>
    internal static string? TryText(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>Writes answers, UTF-8.</summary>
internal static class RpcWriter
{
    /// <summary>The answers of a message; null when it held nothing but notifications.</summary>
    public static ReadOnlyMemory<byte>? Write(bool isBatch, IReadOnlyList<(string Id, RpcAnswer Answer)> answers)
    {
        if (answers.Count == 0)
        {
            return null;
        }

        ArrayBufferWriter<byte> buffer = new();
        using Utf8JsonWriter writer = new(buffer);
        if (isBatch)
        {
            writer.WriteStartArray();
        }

        foreach ((string id, RpcAnswer answer) in answers)
        {
            Write(writer, id, answer);
        }

        if (isBatch)
        {
            writer.WriteEndArray();
        }

        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>Section 5.</summary>
    private static void Write(Utf8JsonWriter writer, string id, RpcAnswer answer)
    {
        writer.WriteStartObject();
        writer.WriteString("jsonrpc"u8, "2.0"u8);
        if (answer.Error is { } error)
        {
            writer.WritePropertyName("error"u8);
            JsonSerializer.Serialize(writer, error, RpcJson.Default.RpcError);
        }
        else
        {
            writer.WritePropertyName("result"u8);
            writer.WriteRawValue(answer.Result.Span, skipInputValidation: true);
        }

        writer.WritePropertyName("id"u8);
        writer.WriteRawValue(id, skipInputValidation: true);
        writer.WriteEndObject();
    }
}
