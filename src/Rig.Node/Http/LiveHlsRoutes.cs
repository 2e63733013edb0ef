using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Rig.Contracts.Access;
using Rig.Contracts.Problems;
using Rig.Node.Rights;
using Rig.Streams.Live.Hls;

namespace Rig.Node.Http;

/// <summary>(Low-latency) HLS of any camera of the rig.</summary>
public static class LiveHlsRoutes
{
    private const string Master = "master.m3u8";
    private const string Index = "index.m3u8";

    /// <returns>The group, for whoever guards it.</returns>
    public static RouteGroupBuilder MapHls(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/hls").WithTags("live").Needs(Role.Viewer);
        foreach (string path in (string[])["/{camera}/{file}", "/{node}/{camera}/{file}"])
        {
            group
                .MapMethods(path, [HttpMethods.Get, HttpMethods.Head], ServeAsync)
                .WithSummary(
                    "`index.m3u8`: media playlist with blocking reload and delta updates; `master.m3u8`: multivariant playlist; and the files that they name."
                )
                .Describe(HlsPlaylist.ContentType);
        }

        return group;
    }

    private static async Task ServeAsync(HttpContext http, string file, HlsServer server)
    {
        if (await LiveRoutes.HereAsync(http) is not { } camera)
        {
            return;
        }

        if (server.Open(camera) is not { } stream)
        {
            await LiveRoutes.TooMany(camera).ToResult().ExecuteAsync(http);
            return;
        }

        try
        {
            await (file is Index or Master ? PlaylistAsync(http, stream, file) : MediaAsync(http, stream, file));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Abort();
        }
    }

    private static async Task PlaylistAsync(HttpContext http, HlsStream stream, string file)
    {
        string query = OwnQuery(http.Request);
        (HlsOutcome outcome, string text) =
            file == Master ? await stream.MultivariantAsync(query, http.RequestAborted)
            : TryRead(http.Request, out long? number, out int? part)
                ? await stream.PlaylistAsync(number, part, WantsSkip(http.Request), query, http.RequestAborted)
            : (HlsOutcome.Wrong, "");
        if (outcome != HlsOutcome.Found)
        {
            await Refusal(outcome, http).ToResult().ExecuteAsync(http);
            return;
        }

        http.Response.Headers.CacheControl = "no-cache";
        await Results.Text(text, HlsPlaylist.ContentType).ExecuteAsync(http);
    }

    private static async Task MediaAsync(HttpContext http, HlsStream stream, string file)
    {
        string[] words = Path.GetFileNameWithoutExtension(file).Split('_');
        if (
            file.EndsWith(".mp4", StringComparison.Ordinal)
            && words is ["init", var name]
            && Number(name) is { } format
            && format <= int.MaxValue
        )
        {
            if (stream.Init((int)format) is { } init)
            {
                await Results.Bytes(init.ToArray(), "video/mp4").ExecuteAsync(http);
                return;
            }
        }
        else if (await PartsAsync(stream, words, http.RequestAborted) is { } parts)
        {
            await SendAsync(http, stream, parts);
            return;
        }

        await Refusal(HlsOutcome.Gone, http).ToResult().ExecuteAsync(http);
    }

    private static async Task<IReadOnlyList<HlsPart>?> PartsAsync(HlsStream stream, string[] words, CancellationToken cancel) =>
        words switch
        {
            ["seg", var number] when Number(number) is { } segment => stream.Segment(segment),
            ["part", var number, var index] when Number(number) is { } segment && Number(index) is { } part and < int.MaxValue =>
                await stream.PartAsync(segment, (int)part, cancel) is (HlsOutcome.Found, { } parts) ? parts : null,
            _ => null,
        };

    private static async Task SendAsync(HttpContext http, HlsStream stream, IReadOnlyList<HlsPart> parts)
    {
        try
        {
            http.Response.ContentType = "video/mp4";
            http.Response.Headers.CacheControl = "max-age=60";
            http.Response.ContentLength = parts.Sum(part => part.Length);
            if (HttpMethods.IsHead(http.Request.Method))
            {
                return;
            }

            PipeWriter body = http.Response.BodyWriter;
            foreach (ReadOnlyMemory<byte> piece in parts.SelectMany(part => part.Pieces))
            {
                body.Write(piece.Span);
                await body.FlushAsync(http.RequestAborted);
            }

            stream.Sent(http.Response.ContentLength ?? 0);
        }
        finally
        {
            foreach (HlsPart part in parts)
            {
                part.Release();
            }
        }
    }

    /// <summary>The delivery directives (RFC 8216bis 6.2.5); false when they cannot be read.</summary>
    private static bool TryRead(HttpRequest request, out long? number, out int? part)
    {
        string? numberText = request.Query["_HLS_msn"].FirstOrDefault();
        string? partText = request.Query["_HLS_part"].FirstOrDefault();
        number = Number(numberText);
        part = Number(partText) is { } read and <= int.MaxValue ? (int)read : null;
        return (numberText is null || number is not null) && (partText is null || (part is not null && number is not null));
    }

    private static bool WantsSkip(HttpRequest request) => request.Query["_HLS_skip"].FirstOrDefault() is "YES" or "v2";

    /// <summary>What a player adds to the playlist's address for its own reasons, such as a token, goes behind the addresses in it too.</summary>
    private static string OwnQuery(HttpRequest request) =>
        QueryString.Create(request.Query.Where(pair => !pair.Key.StartsWith("_HLS_", StringComparison.OrdinalIgnoreCase))).ToUriComponent();

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static Problem Refusal(HlsOutcome outcome, HttpContext http) =>
        outcome switch
        {
            HlsOutcome.Wrong => ProblemResults.Invalid(
                "_HLS_msn and _HLS_part name nothing that comes soon.",
                "Ask for the next segment or part of the newest playlist."
            ),
            HlsOutcome.Late => new Problem
            {
                Status = StatusCodes.Status503ServiceUnavailable,
                Code = ProblemCodes.TimedOut,
                Title = "No pictures come",
                Detail = "The camera gave nothing in time.",
                Remedy = "Look at the camera's status; ask again.",
            },
            HlsOutcome.Unplayable => new Problem
            {
                Status = StatusCodes.Status415UnsupportedMediaType,
                Code = ProblemCodes.Unplayable,
                Title = "Players of HLS cannot play this camera",
                Detail = "Its codec is none of H.264, H.265, AV1, AAC and Opus.",
                Remedy = "GET /mjpeg/{camera} shows pictures of any camera.",
            },
            _ => ProblemResults.NotFound($"There is nothing (any more) at {http.Request.Path}.", "Ask for index.m3u8 again."),
        };
}
