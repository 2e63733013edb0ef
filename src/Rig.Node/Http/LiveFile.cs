using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections.Features;
using Rig.Streams.Live;

namespace Rig.Node.Http;

/// <summary>Fragmented MP4 as one endless HTTP body: what players and browsers take without a script. A change of format ends it, since a file cannot tell of one.</summary>
internal static class LiveFile
{
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
                    body.Write(fragment.Head.Span);
                    body.Write(fragment.Unit.Span);
                    viewer.Sent(fragment.Head.Length + fragment.Unit.Length);
                    using (limit.Begin())
                    {
                        await body.FlushAsync(end.Token);
                    }

                    break;
                default:
                    break;
            }
        }
    }
}
