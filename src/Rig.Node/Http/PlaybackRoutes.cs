using System.Formats.Tar;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Rig.Contracts.Access;
using Rig.Contracts.Cluster;
using Rig.Contracts.Json;
using Rig.Contracts.Problems;
using Rig.Contracts.Recordings;
using Rig.Node.Control;
using Rig.Node.Hosting;
using Rig.Node.Playback;
using Rig.Node.Rights;
using Rig.Streams.Playback;

namespace Rig.Node.Http;

/// <summary>Playback and export: <c>/list</c> and <c>/get</c> as MediaMTX's playback server has them, and sessions side by side.</summary>
public static class PlaybackRoutes
{
    private const string Mp4 = "video/mp4";
    private const string Tar = "application/x-tar";

    public static void MapPlayback(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("").WithTags("playback").Needs(Role.Viewer);
        group
            .MapGet("/list", List)
            .WithSummary("What was recorded of a camera (`path`), as spans without a gap; shapes as MediaMTX's playback server.")
            .Produces<IReadOnlyList<PlaybackEntry>>()
            .Produces<Problem>(StatusCodes.Status404NotFound, ProblemResults.ContentType);
        group
            .MapMethods("/get", [HttpMethods.Get, HttpMethods.Head], Get)
            .WithSummary(
                "A span of a camera's recording, cut without encoding: `path`, `start`, `duration` (seconds), `format` fmp4 or mp4. Ranges."
            )
            .Produces(StatusCodes.Status200OK, contentType: Mp4)
            .Produces(StatusCodes.Status206PartialContent, contentType: Mp4)
            .Produces<Problem>(StatusCodes.Status404NotFound, ProblemResults.ContentType);
        group
            .MapGet("/api/v1/playback/{session}", Index)
            .WithSummary("A session for a page that plays it: every camera of the rig with its spans, gaps, marks and lock views.")
            .Produces<PlaybackIndex>()
            .Produces<Problem>(StatusCodes.Status404NotFound, ProblemResults.ContentType);
        group
            .MapGet("/api/v1/playback/{session}/export", Export)
            .WithSummary("One span of a node's cameras in one archive (tar): a plain MP4 each, cut without encoding.")
            .Produces(StatusCodes.Status200OK, contentType: Tar)
            .Produces<Problem>(StatusCodes.Status404NotFound, ProblemResults.ContentType);
    }

    private static Task List(
        HttpContext http,
        string path,
        DateTimeOffset? start,
        DateTimeOffset? end,
        string? session,
        PlaybackDesk desk,
        RigControl rig,
        PeerRelay relay
    )
    {
        if (!TryRead(path, rig.NodeId, out CameraId camera, out Problem? wrong))
        {
            return wrong!.ToResult().ExecuteAsync(http);
        }

        if (camera.Node != rig.NodeId)
        {
            return relay.ForwardAsync(http, camera.Node);
        }

        return desk.List(camera.Camera, session, start, end) is { } entries
            ? Results.Json(Absolute(entries, http.Request), RigJson.Default.PlaybackEntryList).ExecuteAsync(http)
            : ProblemResults
                .NotFound($"Nothing was recorded of {path}.", "GET /api/v1/recordings lists what was.")
                .ToResult()
                .ExecuteAsync(http);
    }

    /// <summary>MediaMTX's clients follow the address as it is.</summary>
    private static IReadOnlyList<PlaybackEntry> Absolute(IReadOnlyList<PlaybackEntry> entries, HttpRequest request) =>
        [.. entries.Select(entry => entry with { Url = $"{request.Scheme}://{request.Host}{entry.Url}" })];

    private static async Task Get(HttpContext http, [AsParameters] SpanQuery query, PlaybackDesk desk, RigControl rig, PeerRelay relay)
    {
        if (
            !TryRead(query.Path, rig.NodeId, out CameraId camera, out Problem? wrong)
            || !query.TryRead(out TimeSpan duration, out bool fragmented, out wrong)
        )
        {
            await wrong!.ToResult().ExecuteAsync(http);
            return;
        }

        if (camera.Node != rig.NodeId)
        {
            await relay.ForwardAsync(http, camera.Node);
            return;
        }

        object answer = await Task.Run(
            () => desk.Cut(camera.Camera, query.Session, query.Start, duration, fragmented),
            http.RequestAborted
        );
        if (answer is not Cut cut)
        {
            await ((Problem)answer).ToResult().ExecuteAsync(http);
            return;
        }

        Describe(http.Response.Headers, cut);
        string tag = string.Create(
            CultureInfo.InvariantCulture,
            $"\"{cut.Content.Length:x}-{cut.Start.Nanoseconds:x}-{cut.Duration.Nanoseconds:x}\""
        );
        string? name = query.Download == true ? FileName(camera.Camera, cut) : null;
        await Results
            .Stream(cut.Content, Mp4, name, entityTag: new EntityTagHeaderValue(tag), enableRangeProcessing: true)
            .ExecuteAsync(http);
    }

    private static async Task<IResult> Index(string session, PlaybackDesk desk, CancellationToken cancel) =>
        await desk.IndexAsync(session, cancel) is { } index
            ? Results.Json(index, RigJson.Default.PlaybackIndex)
            : ProblemResults.NotFound($"There is no session {session}.", "GET /api/v1/recordings lists them.").ToResult();

    /// <summary>
    /// An archive is made as it is read: entry by entry, each a cut whose length is known before. What cannot be cut is named in the archive.
    /// </summary>
    private static async Task Export(
        HttpContext http,
        string session,
        DateTimeOffset? start,
        double? duration,
        string? cameras,
        string? node,
        PlaybackDesk desk,
        RigControl rig,
        PeerRelay relay
    )
    {
        if (node is not null && node != rig.NodeId)
        {
            await relay.ForwardAsync(http, node);
            return;
        }

        HashSet<string> wanted = [.. (cameras ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        PlaybackCamera[] chosen =
        [
            .. desk.Here(session).Where(camera => wanted.Count == 0 || wanted.Contains(camera.Path) || wanted.Contains(Id(camera))),
        ];
        if (chosen.Length == 0)
        {
            await ProblemResults
                .NotFound(
                    $"This node has recorded nothing of that in session {session}.",
                    "GET /api/v1/playback/SESSION lists the cameras."
                )
                .ToResult()
                .ExecuteAsync(http);
            return;
        }

        DateTimeOffset from = start ?? chosen.Min(camera => camera.Start);
        DateTimeOffset end = chosen.SelectMany(camera => camera.Spans).Select(span => span.End()).DefaultIfEmpty(from).Max();
        TimeSpan length = duration is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 1e9)) : end - from;
        http.Response.ContentType = Tar;
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{session}_{rig.NodeId}.tar\"";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await using TarWriter archive = new(http.Response.Body, TarEntryFormat.Pax, leaveOpen: true);
        foreach (PlaybackCamera camera in chosen)
        {
            object answer = await Task.Run(() => desk.Cut(Id(camera), session, from, length, fragmented: false), http.RequestAborted);
            await WriteAsync(archive, session, Id(camera), answer, http.RequestAborted);
        }
    }

    private static async Task WriteAsync(TarWriter archive, string session, string camera, object answer, CancellationToken cancel)
    {
        if (answer is not Cut cut)
        {
            Problem problem = (Problem)answer;
            using MemoryStream text = new(System.Text.Encoding.UTF8.GetBytes($"{problem.Title}. {problem.Detail} {problem.Remedy}\n"));
            await archive.WriteEntryAsync(
                new PaxTarEntry(TarEntryType.RegularFile, $"{session}/{camera}_missing.txt") { DataStream = text },
                cancel
            );
            return;
        }

        await using (cut.Content)
        {
            await archive.WriteEntryAsync(
                new PaxTarEntry(TarEntryType.RegularFile, $"{session}/{FileName($"{session}_{camera}", cut)}")
                {
                    DataStream = cut.Content,
                    ModificationTime = cut.Start.ToDateTimeOffset(),
                },
                cancel
            );
        }
    }

    private static string Id(PlaybackCamera camera) => camera.Path[(camera.Path.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static string FileName(string camera, Cut cut) =>
        string.Create(CultureInfo.InvariantCulture, $"{camera}_{cut.Start.ToDateTimeOffset():yyyyMMdd_HHmmss}.mp4");

    private static void Describe(IHeaderDictionary headers, Cut cut)
    {
        headers["X-Recording-Start"] = cut.Start.ToString();
        headers["X-Recording-Duration"] = string.Create(CultureInfo.InvariantCulture, $"{cut.Duration.Seconds:0.######}");
        if (cut.Gaps.Count > 0)
        {
            // RFC 9110 8.8.3 sets no limit, servers do: the first ones tell enough, and /api/v1/playback has all.
            const int most = 50;
            headers["X-Recording-Gaps"] = string.Join(", ", cut.Gaps.Take(most).Select(gap => $"{gap.From}/{gap.To}"));
        }

        if (cut.Stopped is { } stopped)
        {
            headers["X-Recording-Stopped"] = stopped;
        }
    }

    private static bool TryRead(string path, string home, out CameraId camera, out Problem? wrong)
    {
        bool read = CameraId.TryParse(path, home, out camera);
        wrong = read ? null : ProblemResults.Invalid($"'{path}' is no camera.", "cam0 for a camera of this node, CAM_L/cam0 for any.");
        return read;
    }

    /// <param name="Duration">Seconds; MediaMTX's older clients write 200.5s.</param>
    private readonly record struct SpanQuery(
        string Path,
        DateTimeOffset Start,
        string Duration,
        string? Format,
        string? Session,
        bool? Download
    )
    {
        public bool TryRead(out TimeSpan duration, out bool fragmented, out Problem? wrong)
        {
            wrong = null;
            fragmented = Format is null or "" or "fmp4";
            string digits = Duration.EndsWith('s') ? Duration[..^1] : Duration;
            bool isNumber = double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds);
            bool isValid = isNumber && seconds is > 0 and < 1e9 && (fragmented || Format == "mp4");
            duration = isValid ? TimeSpan.FromSeconds(seconds) : default;
            wrong = isValid
                ? null
                : ProblemResults.Invalid(
                    $"duration '{Duration}', format '{Format}' cannot be carried out.",
                    "duration in seconds, such as 60.5; format fmp4 or mp4."
                );
            return isValid;
        }
    }
}
