using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Rig.Contracts.Access;
using Rig.Contracts.Cluster;
using Rig.Contracts.Problems;
using Rig.Node.Control;
using Rig.Node.Hosting;
using Rig.Node.Rights;
using Rig.Streams.Transcoding;

namespace Rig.Node.Http;

/// <summary>
/// <c>GET /mjpeg/{cam}</c>: JPEG pictures one after the other (<c>multipart/x-mixed-replace</c>), for whatever cannot play video. A slow client loses pictures.
/// </summary>
public static class MjpegRoutes
{
    private const string Boundary = "picture";

    /// <summary>A client that takes longer over one picture does not look any more.</summary>
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(15);

    public static void MapMjpeg(this IEndpointRouteBuilder routes)
    {
        foreach (string path in (string[])["/mjpeg/{name}", "/mjpeg/{node}/{name}"])
        {
            routes
                .MapGet(path, Show)
                .Needs(Role.Viewer)
                .WithTags("live")
                .WithSummary(
                    "A camera as JPEG pictures (`multipart/x-mixed-replace`): `width` (640; 0 for the camera's own) and `fps` (5, 15 at most)."
                )
                .Produces(StatusCodes.Status200OK, contentType: "multipart/x-mixed-replace")
                .Produces<Problem>(StatusCodes.Status404NotFound, ProblemResults.ContentType)
                .Produces<Problem>(StatusCodes.Status503ServiceUnavailable, ProblemResults.ContentType);
        }
    }

    private static async Task Show(
        HttpContext http,
        string name,
        string? node,
        int? width,
        int? fps,
        MjpegStreams streams,
        RigControl rig,
        PeerRelay relay,
        TimeProvider time
    )
    {
        CameraId camera =
            node is null && CameraId.TryParse(Uri.UnescapeDataString(name), rig.NodeId, out CameraId id)
                ? id
                : new CameraId(node ?? rig.NodeId, name);
        if (camera.Node != rig.NodeId)
        {
            await relay.ForwardAsync(http, camera.Node, $"/mjpeg/{Uri.EscapeDataString(camera.Camera)}");
            return;
        }

        MjpegOptions options = new(width ?? MjpegOptions.DefaultWidth, fps ?? MjpegOptions.DefaultRate);
        if (!options.IsValid)
        {
            await ProblemResults
                .Invalid($"Pictures of width {width}, {fps} a second, cannot be made.", "width 0 or 64 to 1920, fps 1 to 15.")
                .ToResult()
                .ExecuteAsync(http);
            return;
        }

        using MjpegLease? lease = streams.Open(camera.Camera, options, out bool known);
        if (lease is null)
        {
            await (known ? Full() : ProblemResults.UnknownCamera($"{camera}")).ToResult().ExecuteAsync(http);
            return;
        }

        await SendAsync(http, lease.Pictures, time);
    }

    private static async Task SendAsync(HttpContext http, LatestPicture pictures, TimeProvider time)
    {
        http.Response.ContentType = $"multipart/x-mixed-replace; boundary={Boundary}";
        http.Response.Headers.CacheControl = "no-store";
        long seen = 0;
        try
        {
            while (await pictures.NextAsync(seen, http.RequestAborted) is { } next)
            {
                seen = next.Number;
                Write(http.Response.BodyWriter, next.Jpeg);
                using CancellationTokenSource limit = new(SendLimit, time);
                using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
                await http.Response.BodyWriter.FlushAsync(either.Token);
            }
        }
        catch (OperationCanceledException)
        {
            http.Abort();
        }
    }

    private static void Write(PipeWriter to, ReadOnlyMemory<byte> jpeg)
    {
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"--{Boundary}\r\nContent-Type: image/jpeg\r\nContent-Length: {jpeg.Length}\r\n\r\n"
        );
        Encoding.ASCII.GetBytes(head, to);
        to.Write(jpeg.Span);
        to.Write("\r\n"u8);
    }

    private static Problem Full() =>
        new()
        {
            Status = StatusCodes.Status503ServiceUnavailable,
            Code = ProblemCodes.Busy,
            Title = "Too many watch as JPEG",
            Remedy = "Use GET /snapshot/CAMERA.jpg now and then, or try again later.",
        };
}
