using System.Net.WebSockets;
using System.Text;
using Rig.Cluster.Remote;

namespace Rig.Cluster.Tests.Remote.Support;

/// <summary>A peer without manners: the test writes its bytes. It calls node B as node A.</summary>
internal sealed class RawPeer : IDisposable
{
    public const string HeartbeatText = """{"kind":"heartbeat"}""";

    private RawPeer(RemoteLinks links)
    {
        (Stream mine, Stream theirs) = MemorySocket.Streams();
        Stream = mine;
        Socket = MemorySocket.Over(mine, isServer: false);
        Ended = links.AcceptAsync(MemorySocket.Over(theirs, isServer: true), "A", CancellationToken.None);
    }

    public Stream Stream { get; }
    public WebSocket Socket { get; }

    /// <summary>When the node has done with it.</summary>
    public Task Ended { get; }

    public static RawPeer Call(RemoteLinks links) => new(links);

    /// <summary>Calls and sends a heartbeat, so that the link counts as up.</summary>
    public static async Task<RawPeer> CallAndSpeakAsync(RemoteLinks links)
    {
        RawPeer peer = Call(links);
        await peer.SendAsync(HeartbeatText);
        await Wait.Until(() => MemoryRig.IsUp(links, "A"), "the link is up");
        return peer;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true);

    public Task SendAsync(byte[] bytes, WebSocketMessageType type, bool whole) =>
        Socket.SendAsync(bytes.AsMemory(), type, whole, CancellationToken.None).AsTask();

    /// <summary>The next frame that is no heartbeat; null when the node has closed.</summary>
    public async Task<string?> ReadAsync()
    {
        using FrameReader reader = new(Socket, () => { });
        using CancellationTokenSource limit = new(Wait.Patience);
        while (await reader.ReadAsync(limit.Token) is { } bytes)
        {
            string text = Encoding.UTF8.GetString(bytes.Span);
            if (text != HeartbeatText)
            {
                return text;
            }
        }

        return null;
    }

    public void Dispose()
    {
        Socket.Dispose();
        Stream.Dispose();
    }
}
