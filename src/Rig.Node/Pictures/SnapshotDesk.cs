using System.Diagnostics.CodeAnalysis;
using Rig.Actors;
using Rig.Contracts.Cameras;
using Rig.Contracts.Cluster;
using Rig.Contracts.Events;
using Rig.Contracts.Problems;
using Rig.Media.Time;
using Rig.Node.Configuration;
using Rig.Node.Control;
using Rig.Node.Hosting;
using Rig.Node.Http;
using Rig.Streams.Snapshots;
using Rig.Streams.Sources;

namespace Rig.Node.Pictures;

/// <summary>
/// Snapshots as plain calls, for every transport alike (routes, JSON-RPC, other nodes): of one camera of this node, of a camera anywhere in the rig, of
/// the whole rig at one instant. A refusal comes back as <see cref="Problem"/>.
/// </summary>
public sealed class SnapshotDesk(
    CameraSnapshots snapshots,
    SnapshotFolder folder,
    RigSystem rig,
    RigControl control,
    LockViews lockViews,
    PeerRelay relay,
    ConfigurationStore store,
    TimeProvider time
)
{
    /// <summary>The largest picture that is fetched from another node: 8K at the best quality is below it.</summary>
    private const int MostBytes = 64 << 20;

    /// <summary>Every camera of a node decodes up to a GOP, a few at a time.</summary>
    private static readonly TimeSpan NodeLimit = TimeSpan.FromSeconds(20);

    /// <summary>For <c>take_snapshot</c>: a camera anywhere in the rig, kept unless the request says otherwise. <see cref="SnapshotInfo"/> or <see cref="Problem"/>.</summary>
    public async Task<object> TakeAsync(CameraId camera, TakeSnapshot request, CancellationToken cancel)
    {
        TakeSnapshots one = new()
        {
            Cameras = [camera.Camera],
            At = request.At,
            Width = request.Width,
            Quality = request.Quality,
            Keep = request.Keep,
        };
        if (camera.Node == control.NodeId)
        {
            return Of((await TakeHereAsync(one, cancel))[0]);
        }

        return await control.AskAsync(camera.Node, new AskSnapshots(one), NodeLimit, cancel) switch
        {
            SnapshotsAnswer { Cameras: [var outcome, ..] } => Of(outcome),
            Problem problem => problem,
            _ => ProblemResults.UnknownCamera($"{camera}"),
        };

        static object Of(SnapshotOutcome outcome) => outcome.Snapshot ?? (object)outcome.Problem!;
    }

    /// <summary>As <see cref="TakeAsync"/>, with the picture itself: <see cref="TakenPicture"/> or <see cref="Problem"/>. It is kept.</summary>
    public async Task<object> PictureAsync(CameraId camera, DateTimeOffset? at, int? width, CancellationToken cancel)
    {
        object answer = await TakeAsync(camera, new TakeSnapshot { At = at, Width = width }, cancel);
        if (answer is not SnapshotInfo { File: { } file, Url: { } url } info)
        {
            return answer;
        }

        byte[]? jpeg =
            info.Node != control.NodeId ? await relay.FetchAsync(info.Node, url, MostBytes, cancel)
            : folder.Find(file) is { } path ? await File.ReadAllBytesAsync(path, cancel)
            : null;
        return jpeg is null
            ? new Problem
            {
                Status = StatusCodes.Status502BadGateway,
                Code = ProblemCodes.NodeUnreachable,
                Title = "The picture could not be fetched",
                Detail = $"{info.Node} has taken it and keeps it as {file}.",
                Remedy = $"GET {url}",
            }
            : new TakenPicture(info, jpeg);
    }

    /// <summary>A picture of a camera of this node with its bytes, for whoever shows it; nothing is kept or told. <see cref="Snapshot"/> or <see cref="Problem"/>.</summary>
    public async Task<object> ShowAsync(string camera, DateTimeOffset? at, int? width, int? quality, CancellationToken cancel)
    {
        if (!TryRead(width, quality, out SnapshotOptions options, out Problem? wrong))
        {
            return wrong;
        }

        try
        {
            return await snapshots.TakeAsync(camera, at is { } instant ? UtcInstant.From(instant) : null, options, cancel);
        }
        catch (SnapshotException refused)
        {
            return ToProblem(refused);
        }
    }

    /// <summary>Cameras of the rig at one instant, each node its own.</summary>
    public async Task<SnapshotsTaken> TakeAllAsync(TakeSnapshots request, CancellationToken cancel)
    {
        TakeSnapshots timed = request with { At = request.At ?? time.GetUtcNow() };
        IEnumerable<Task<SnapshotsAnswer>> nodes = (await NodesAsync(request.Cameras, cancel)).Select(node =>
            AskAsync(node.Key, new AskSnapshots(timed with { Cameras = node.Value }), cancel)
        );
        return new SnapshotsTaken(timed.At.Value, [.. (await Task.WhenAll(nodes)).SelectMany(answer => answer.Cameras)]);
    }

    /// <summary>A tone on this machine, and at its instant a picture of every camera of the rig, kept with the session where one runs.</summary>
    public async Task<LockViewTaken> LockViewAsync(CancellationToken cancel)
    {
        DateTimeOffset at = time.GetUtcNow();
        Task<string?> tone = Tone.SoundAsync(cancel);
        bool sounds = await tone is null;
        TakeSnapshots request = new() { At = at };
        SnapshotsAnswer[] answers = await Task.WhenAll(
            (await NodesAsync(null, cancel)).Select(node => AskAsync(node.Key, new AskSnapshots(request, LockView: true, sounds), cancel))
        );
        return new LockViewTaken(
            at,
            answers.Select(answer => answer.SessionId).FirstOrDefault(session => session is not null),
            sounds,
            [.. answers.SelectMany(answer => answer.Cameras)],
            await tone
        );
    }

    /// <summary>What another node asks of this one.</summary>
    public async Task<SnapshotsAnswer> AnswerAsync(AskSnapshots ask, CancellationToken cancel) =>
        ask.LockView
            ? await lockViews.TakeAsync(ask, (camera, token) => OneAsync(camera, ask.Request, token), cancel)
            : new SnapshotsAnswer(await TakeHereAsync(ask.Request, cancel));

    private async Task<IReadOnlyList<SnapshotOutcome>> TakeHereAsync(TakeSnapshots request, CancellationToken cancel)
    {
        IEnumerable<string> cameras = request.Cameras ?? rig.Settings.Current.Cameras.Select(camera => camera.Id);
        return await Task.WhenAll(cameras.Select(camera => KeepAsync(camera, request, cancel)));
    }

    private async Task<SnapshotOutcome> KeepAsync(string camera, TakeSnapshots request, CancellationToken cancel)
    {
        string qualified = $"{control.NodeId}/{camera}";
        object answer = await OneAsync(camera, request, cancel);
        if (answer is not Snapshot taken)
        {
            return new SnapshotOutcome(qualified, Problem: (Problem)answer);
        }

        string? file;
        try
        {
            file = request.Keep != false ? folder.Keep(taken) : null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new SnapshotOutcome(qualified, Problem: NotKept(refused));
        }

        SnapshotInfo info = Describe(taken, control.NodeId, file, file is null ? null : $"/snapshots/{control.NodeId}/{file}");
        rig.System.EventStream.Publish(new SnapshotTaken(info) { Time = time.GetUtcNow(), Node = control.NodeId });
        return new SnapshotOutcome(qualified, info);
    }

    private Task<object> OneAsync(string camera, TakeSnapshots request, CancellationToken cancel) =>
        ShowAsync(camera, request.At, request.Width, request.Quality, cancel);

    private async Task<SnapshotsAnswer> AskAsync(string node, AskSnapshots ask, CancellationToken cancel) =>
        await control.AskAsync(node, ask, NodeLimit, cancel) switch
        {
            SnapshotsAnswer answer => answer,
            Problem problem => new SnapshotsAnswer([
                .. (ask.Request.Cameras ?? ["*"]).Select(camera => new SnapshotOutcome($"{node}/{camera}", Problem: problem)),
            ]),
            var other => throw new InvalidOperationException($"{node} answered with {other.GetType().Name}."),
        };

    /// <summary>The nodes that are asked, and for which cameras; null for all of a node's.</summary>
    private async Task<Dictionary<string, IReadOnlyList<string>?>> NodesAsync(IReadOnlyList<string>? cameras, CancellationToken cancel)
    {
        if (cameras is null)
        {
            IEnumerable<string> members = (await control.GetClusterAsync(cancel))
                .Members.Where(view => view.State == MemberState.Up)
                .Select(view => view.Member.NodeId);
            return members
                .Append(control.NodeId)
                .Distinct(StringComparer.Ordinal)
                .ToDictionary(node => node, _ => (IReadOnlyList<string>?)null, StringComparer.Ordinal);
        }

        return cameras
            .Select(text => CameraId.TryParse(text, control.NodeId, out CameraId id) ? id : new CameraId(control.NodeId, text))
            .GroupBy(id => id.Node, StringComparer.Ordinal)
            .ToDictionary(node => node.Key, IReadOnlyList<string>? (node) => [.. node.Select(id => id.Camera)], StringComparer.Ordinal);
    }

    private bool TryRead(int? width, int? quality, out SnapshotOptions options, [NotNullWhen(false)] out Problem? wrong)
    {
        options = new SnapshotOptions(width ?? 0, quality ?? store.Current.Options.Snapshots.Quality);
        bool isValid = options.IsValid && width is not 0;
        wrong = isValid
            ? null
            : ProblemResults.Invalid(
                $"A picture of width {width} and quality {quality} cannot be made.",
                "width 16 to 8192, quality 1 to 100."
            );
        return isValid;
    }

    internal static SnapshotInfo Describe(Snapshot taken, string node, string? file, string? url) =>
        new()
        {
            Camera = taken.Camera,
            Node = node,
            Capture = taken.Capture.ToDateTimeOffset(),
            Width = taken.Width,
            Height = taken.Height,
            Bytes = taken.Jpeg.Length,
            Source = taken.Tier switch
            {
                SnapshotTier.Cached => SnapshotSource.Cached,
                SnapshotTier.Camera => SnapshotSource.Camera,
                SnapshotTier.Warm => SnapshotSource.Warm,
                SnapshotTier.Cold => SnapshotSource.Cold,
                _ => SnapshotSource.Started,
            },
            ElapsedMs = Math.Round(taken.Elapsed.TotalMilliseconds, 1),
            File = file,
            Url = url,
        };

    internal static Problem NotKept(Exception refused) =>
        new()
        {
            Status = StatusCodes.Status507InsufficientStorage,
            Code = ProblemCodes.Internal,
            Title = "The picture could not be kept",
            Detail = refused.Message,
            Remedy = "Look at the disk's space and rights, or take it without keeping it.",
        };

    private static Problem ToProblem(SnapshotException refused)
    {
        (int status, string code, string remedy) = refused.Fault switch
        {
            SnapshotFault.UnknownCamera => (404, ProblemCodes.UnknownCamera, "GET /api/v1/cameras lists them."),
            SnapshotFault.NoPicture => (503, ProblemCodes.NoPicture, "Look at the camera: GET /api/v1/cameras says what is wrong with it."),
            SnapshotFault.NotInLog => (404, ProblemCodes.NotInLog, "Ask for an instant inside the log, or leave `at` out."),
            SnapshotFault.Busy => (503, ProblemCodes.Busy, "Try again in a second."),
            _ => (502, ProblemCodes.NoPicture, "Look whether ffmpeg is installed and at the camera's faults."),
        };
        return new Problem
        {
            Status = status,
            Code = code,
            Title = "There is no picture",
            Detail = refused.Message,
            Remedy = remedy,
        };
    }
}

/// <summary>A picture with what is to be said of it.</summary>
public sealed record TakenPicture(SnapshotInfo Info, ReadOnlyMemory<byte> Jpeg);

/// <summary>Finds the source of a camera that was paused.</summary>
public sealed class PausedCameras(RigSystem rig, NodeControl control, TimeProvider time)
{
    private readonly SourceRegistry _sources = BuiltInSources.Registry();

    /// <summary>Its source, to be started for one picture; null when the camera runs.</summary>
    public async ValueTask<ISource?> FindAsync(string camera, CancellationToken cancel)
    {
        CameraStatus? status = await control.GetCameraAsync(camera, cancel);
        string? source = rig.Settings.Current.Cameras.FirstOrDefault(known => known.Id == camera)?.Source;
        return status?.Ingest.State == IngestState.Paused && source is not null
            ? _sources.Create(source, new SourceContext { CameraId = camera, Time = time })
            : null;
    }
}
