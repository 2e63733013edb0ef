using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections.Features;
using Rig.Streams.Live;

namespace Rig.Node.Http;

/// <summary>Fragmented MP4 as one endless HTTP body: what players and browsers take without a script. A change of format ends it, since a file cannot tell of one.</summary>
internal static class LiveFile
{
    private const int PieceBytes = 64 << 10;

    public static async Task ServeAsync(HttpContext http, IHostApplicationLifetime life)
    {
        using LiveViewer? viewer = await LiveRoutes.EnterAsync(http, LiveOutput.Mp4);
        if (viewer is null)
        {
            return;
        }

        http.Response.ContentType = "video/mp4";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, life.ApplicationStopping);
        ShortSendQueue.Set(http.Features.Get<IConnectionSocketFeature>()?.Socket);
        try
        {
            using LiveFeed feed = new(viewer, LiveRoutes.WantsAudio(http));
            await RunAsync(feed, viewer, http.Response.BodyWriter, end);
        }
        catch (OperationCanceledException)
        {
            http.Abort();
        }
    }

    private static async Task RunAsync(LiveFeed feed, LiveViewer viewer, PipeWriter body, CancellationTokenSource end)
    {
        using SendLimit limit = new(viewer, end);
        int formats = 0;
        while (true)
        {
            switch (await feed.NextAsync(end.Token))
            {
                case LivePiece.Format { Value.Init.Length: > 0 and var length } format when formats++ == 0:
                    body.Write(format.Value.Init.Span);
                    viewer.Sent(length);
                    break;
                case LivePiece.Format:
                    return;
                case LivePiece.Fragment fragment:
                    using (limit.Begin())
                    {
                        await SendAsync(fragment, body, end.Token);
                    }

                    viewer.Sent(fragment.Head.Length + fragment.Unit.Length);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Piece by piece, so that a slow viewer holds no more than one.</summary>
    private static async ValueTask SendAsync(LivePiece.Fragment fragment, PipeWriter body, CancellationToken cancel)
    {
        body.Write(fragment.Head.Span);
        ReadOnlyMemory<byte> rest = fragment.Unit.Memory;
        while (!rest.IsEmpty)
        {
            int count = Math.Min(rest.Length, PieceBytes);
            body.Write(rest.Span[..count]);
            rest = rest[count..];
            await body.FlushAsync(cancel);
        }
    }
}
