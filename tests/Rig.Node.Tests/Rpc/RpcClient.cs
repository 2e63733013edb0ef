using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Rig.Node.Tests.Rpc;

/// <summary>A JSON-RPC client on .NET's own WebSocket.</summary>
internal sealed class RpcClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket _socket = new();
    private readonly Queue<JsonElement> _events = new();
    private int _id;

    public WebSocket Socket => _socket;

    public static async Task<RpcClient> ConnectAsync(Uri node, string token)
    {
        RpcClient client = new();
        client._socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        await client._socket.ConnectAsync(new UriBuilder(node) { Scheme = "ws", Path = "/rpc" }.Uri, CancellationToken.None);
        return client;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(byte[] bytes, WebSocketMessageType type = WebSocketMessageType.Text)
    {
        using CancellationTokenSource limit = new(Patience);
        await _socket.SendAsync(bytes, type, endOfMessage: true, limit.Token);
    }

    /// <summary>The next message, whatever it is.</summary>
    public async Task<JsonElement> ReceiveAsync()
    {
        using CancellationTokenSource limit = new(Patience);
        using MemoryStream message = new();
        byte[] buffer = new byte[8192];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
            Assert.True(part.MessageType == WebSocketMessageType.Text, $"{_socket.CloseStatus} {_socket.CloseStatusDescription}");
            message.Write(buffer, 0, part.Count);
        } while (!part.EndOfMessage);
        return JsonDocument.Parse(message.ToArray()).RootElement;
    }

    /// <summary>The answer to a text; events that come before it are kept.</summary>
    public async Task<JsonElement> AskAsync(string text)
    {
        await SendAsync(text);
        while (true)
        {
            JsonElement message = await ReceiveAsync();
            if (message.ValueKind == JsonValueKind.Array || !message.TryGetProperty("method", out _))
            {
                return message;
            }

            _events.Enqueue(message);
        }
    }

    /// <summary>A call that succeeds.</summary>
    public async Task<JsonElement> CallAsync(string method, string parameters = "{}")
    {
        JsonElement answer = await AskAsync(
            $$"""{ "jsonrpc": "2.0", "id": {{++_id}}, "method": "{{method}}", "params": {{parameters}} }"""
        );
        Assert.True(answer.TryGetProperty("result", out JsonElement result), $"{answer}");
        Assert.Equal(_id, answer.GetProperty("id").GetInt32());
        return result;
    }

    /// <summary>A call that is refused.</summary>
    public async Task<JsonElement> RefusedAsync(string method, string parameters = "{}") =>
        (await AskAsync($$"""{ "jsonrpc": "2.0", "id": "r", "method": "{{method}}", "params": {{parameters}} }""")).GetProperty("error");

    /// <summary>The next event of a topic.</summary>
    public async Task<JsonElement> EventAsync(string topic)
    {
        while (true)
        {
            JsonElement message = _events.TryDequeue(out JsonElement kept) ? kept : await ReceiveAsync();
            if (message.TryGetProperty("method", out JsonElement method) && method.GetString() == topic)
            {
                return message.GetProperty("params");
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
