using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Rig.Node.Control;
using Rig.Streams.Live;

namespace Rig.Node.Http;

/// <summary>One viewer at <c>WS /live/{camera}</c>.</summary>
internal sealed class LiveSocket
{
    private readonly WebSocket _socket;
    private readonly LiveViewer _viewer;
    private readonly CancellationTokenSource _end;
    private readonly LiveSender _sender;

    private LiveSocket(WebSocket socket, LiveViewer viewer, CancellationTokenSource end, LiveSender sender) =>
        (_socket, _viewer, _end, _sender) = (socket, viewer, end, sender);

    public static async Task ServeAsync(HttpContext http, IHostApplicationLifetime life, TimeProvider time)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            await ProblemResults
                .Invalid("This is a WebSocket.", "For a player: the same address with .mp4 behind it.")
                .ToResult()
                .ExecuteAsync(http);
            return;
        }

        using LiveViewer? viewer = await LiveRoutes.EnterAsync(http, LiveOutput.Socket);
        if (viewer is null)
        {
            return;
        }

        ShortSendQueue.Set(http.Features.Get<IConnectionSocketFeature>()?.Socket);
        using WebSocket socket = await http.WebSockets.AcceptWebSocketAsync();
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, life.ApplicationStopping);
        using LiveSender sender = new(socket, viewer, end, time);
        LiveSocket live = new(socket, viewer, end, sender);
        Task reading = live.ReadAsync();
        WebSocketCloseStatus status = await live.WriteAsync(LiveRoutes.WantsAudio(http));
        await live.CloseAsync(life.ApplicationStopping.IsCancellationRequested ? WebSocketCloseStatus.EndpointUnavailable : status);
        await end.CancelAsync();
        await reading;
    }

    /// <summary>Sends what the feed gives until something ends it.</summary>
    private async Task<WebSocketCloseStatus> WriteAsync(bool withAudio)
    {
        try
        {
            using LiveFeed feed = new(_viewer, withAudio);
            while (true)
            {
                await _sender.SendAsync(await feed.NextAsync(_end.Token));
            }
        }
        catch (Exception error) when (IsGone(error))
        {
            return _sender.IsTooSlow ? WebSocketCloseStatus.PolicyViolation : WebSocketCloseStatus.NormalClosure;
        }
    }

    /// <summary>Answers pings; anything that a page must not send ends the connection.</summary>
    private async Task ReadAsync()
    {
        byte[] buffer = new byte[LiveSender.LargestRequest];
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult part = await _socket.ReceiveAsync(buffer.AsMemory(), _end.Token);
                if (part.MessageType == WebSocketMessageType.Close || !part.EndOfMessage)
                {
                    break;
                }

                if (part.MessageType == WebSocketMessageType.Text)
                {
                    await _sender.AnswerAsync(buffer.AsMemory(0, part.Count));
                }
            }
        }
        catch (Exception error) when (IsGone(error))
        {
            // Nobody is there to be told.
        }

        try
        {
            await _end.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The writing side has ended already.
        }
    }

    private async Task CloseAsync(WebSocketCloseStatus status)
    {
        if (_sender.IsTooSlow || _socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            _socket.Abort();
            return;
        }

        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(1));
        try
        {
            await _socket.CloseOutputAsync(status, null, limit.Token);
        }
        catch (Exception error) when (IsGone(error))
        {
            _socket.Abort();
        }
    }

    private static bool IsGone(Exception error) =>
        error is OperationCanceledException or WebSocketException or IOException or ConnectionAbortedException or InvalidOperationException;
}
