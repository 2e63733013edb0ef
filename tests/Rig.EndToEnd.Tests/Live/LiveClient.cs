using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Rig.EndToEnd.Tests.Live;

/// <summary>A page's end of <c>WS /live/{camera}</c>: takes messages in their order.</summary>
internal sealed class LiveClient : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));
    private readonly byte[] _buffer = new byte[64 << 10];

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public static async Task<LiveClient> ConnectAsync(Uri node, string path)
    {
        LiveClient client = new();
        await client._socket.ConnectAsync(new UriBuilder(new Uri(node, path)) { Scheme = "ws" }.Uri, client._limit.Token);
        return client;
    }

    /// <summary>The next message: JSON of a text, bytes of a binary one, null at the end.</summary>
    public async Task<(JsonElement? Text, byte[]? Binary)> NextAsync()
    {
        using MemoryStream whole = new();
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(_buffer.AsMemory(), _limit.Token);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return (null, null);
            }

            whole.Write(_buffer, 0, part.Count);
        } while (!part.EndOfMessage);
        byte[] bytes = whole.ToArray();
        return part.MessageType == WebSocketMessageType.Binary ? (null, bytes) : (JsonDocument.Parse(bytes).RootElement.Clone(), null);
    }

    /// <summary>The next text message of a type; others and fragments are passed over.</summary>
    public async Task<JsonElement> NextAsync(string type)
    {
        while (true)
        {
            (JsonElement? text, byte[]? binary) = await NextAsync();
            Assert.True(text is not null || binary is not null, $"The stream ended before a {type}.");
            if (text is { } message && message.GetProperty("type").GetString() == type)
            {
                return message;
            }
        }
    }

    public Task SendAsync(string text) => _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, _limit.Token);

    /// <summary>Reads a block at most. The message of a text, once it is whole; fragments are thrown away.</summary>
    public async Task<JsonElement?> SipAsync(MemoryStream text)
    {
        ValueWebSocketReceiveResult part = await _socket.ReceiveAsync(_buffer.AsMemory(), _limit.Token);
        Assert.NotEqual(WebSocketMessageType.Close, part.MessageType);
        if (part.MessageType == WebSocketMessageType.Binary)
        {
            return null;
        }

        text.Write(_buffer, 0, part.Count);
        if (!part.EndOfMessage)
        {
            return null;
        }

        JsonElement message = JsonDocument.Parse(text.ToArray()).RootElement.Clone();
        text.SetLength(0);
        return message;
    }

    public void Dispose()
    {
        _socket.Abort();
        _socket.Dispose();
        _limit.Dispose();
    }
}
