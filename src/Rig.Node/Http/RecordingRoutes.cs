using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Net.Http.Headers;
using Rig.Actors;
using Rig.Actors.Housekeeping;
using Rig.Actors.Manifests;
using Rig.Contracts.Access;
using Rig.Contracts.Problems;
using Rig.Contracts.Recordings;
using Rig.Node.Control;
using Rig.Node.Rights;

namespace Rig.Node.Http;

/// <summary>The catalogue, downloads, and the proof that copies exist.</summary>
public static partial class RecordingRoutes
{
    /// <summary>Sessions of one page at most.</summary>
    private const int MostSessions = 500;

    public static void MapRecordings(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("").WithTags("recordings").Needs(Role.Viewer);
        group.AnswersForOthers();
        group
            .MapGet("/api/v1/recordings", List)
            .WithSummary("Sessions with their manifests, newest first; what cannot be used is listed as broken. `node` asks another node.")
            .Produces<RecordingsPage>();
        group
            .MapPost("/api/v1/recordings/confirm", Confirm)
            .Needs(Role.Operator)
            .WithSummary("A copy of a file has this SHA-256. Equal hashes make it offloaded.")
            .Produces<ConfirmedOffload>()
            .Produces<Problem>(StatusCodes.Status404NotFound, ProblemResults.ContentType)
            .Produces<Problem>(StatusCodes.Status409Conflict, ProblemResults.ContentType);
        group
            .MapPost("/api/v1/recordings/delete-offloaded", DeleteOffloaded)
            .Needs(Role.Admin)
            .WithSummary("Deletes every file whose copy was confirmed, and no other.")
            .Produces<DeletedOffloaded>();
        group
            .MapMethods("/recordings/{session}/{file}", [HttpMethods.Get, HttpMethods.Head], Download)
            .WithSummary("A segment or manifest, with ranges, ETag and digest.")
            .Produces(StatusCodes.Status200OK, contentType: "video/mp4")
            .Produces(StatusCodes.Status206PartialContent, contentType: "video/mp4")
            .Produces<Problem>(StatusCodes.Status404NotFound, ProblemResults.ContentType);
    }

    private static RecordingsPage List(Catalogue catalogue, int? skip, int? take) =>
        catalogue.List(Math.Max(0, skip ?? 0), Math.Clamp(take ?? 50, 1, MostSessions));

    private static async Task<IResult> Confirm(ConfirmOffload request, NodeControl control, CancellationToken cancel) =>
        await control.ConfirmAsync(request, cancel) switch
        {
            ConfirmedOffload confirmed => Results.Ok(confirmed),
            var other => ((Problem)other).ToResult(),
        };

    private static Task<DeletedOffloaded> DeleteOffloaded(NodeControl control, CancellationToken cancel) =>
        control.DeleteOffloadedAsync(cancel);

    private static IResult Download(string session, string file, RigSystem rig, HttpContext http)
    {
        string folder = rig.Settings.Current.RecordingsFolder;
        string path = Path.GetFullPath(Path.Combine(folder, session, file));
        FileInfo info = new(path);
        if (session.Contains('/') || file.Contains('/') || Path.GetDirectoryName(Path.GetDirectoryName(path)) != folder || !info.Exists)
        {
            return ProblemResults.NotFound($"There is no recording {session}/{file}.", "GET /api/v1/recordings lists them.").ToResult();
        }

        Segment? segment = Find(rig.Manifests, session, file);
        if (segment?.Sha256 is { } hash)
        {
            string digest = Convert.ToBase64String(Convert.FromHexString(hash));
            http.Response.Headers["Digest"] = $"sha-256={digest}";
            http.Response.Headers["Repr-Digest"] = $"sha-256=:{digest}:";
        }

        string tag = segment?.Sha256 ?? string.Create(CultureInfo.InvariantCulture, $"{info.Length:x}-{info.LastWriteTimeUtc.Ticks:x}");
        return Results.File(
            path,
            Path.GetExtension(file) switch
            {
                ".json" => "application/json",
                ".jpg" => "image/jpeg",
                _ => "video/mp4",
            },
            lastModified: info.LastWriteTimeUtc,
            entityTag: new EntityTagHeaderValue($"\"{tag}\""),
            enableRangeProcessing: true
        );
    }

    /// <summary>What the manifests say of a file: the camera's id is what lies between the session's and the date.</summary>
    private static Segment? Find(ManifestStore manifests, string session, string file) =>
        file.StartsWith(session + "_", StringComparison.Ordinal)
        && CameraAndTime().Match(file[(session.Length + 1)..]) is { Success: true } rest
            ? manifests.Find(session, rest.Groups["camera"].Value)?.Segments.FirstOrDefault(segment => segment.File == file)
            : null;

    [GeneratedRegex(@"^(?<camera>.+)_\d{8}_\d{6}(_\d+)?\.mp4$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CameraAndTime();
}
