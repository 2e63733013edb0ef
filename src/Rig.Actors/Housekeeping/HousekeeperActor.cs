using Akka.Actor;
using Akka.Event;
using Rig.Actors.Health;
using Rig.Actors.Manifests;
using Rig.Actors.Sessions;
using Rig.Actors.Settings;
using Rig.Contracts.Events;
using Rig.Contracts.Problems;
using Rig.Contracts.Recordings;

namespace Rig.Actors.Housekeeping;

/// <summary>
/// Looks after what was recorded: repairs files that a killed process or lost power left open, computes hashes, keeps the catalogue,
/// takes confirmations of copies and deletes what was confirmed. All work on files happens off this actor's thread.
/// </summary>
public sealed class HousekeeperActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan RetentionInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The session's actor may be reading its journal on a slow disk.</summary>
    private static readonly TimeSpan AskAgainInterval = TimeSpan.FromSeconds(5);

    private readonly HousekeeperSetup _setup;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly HashSet<(string Session, string File)> _hashing = [];
    private HashSet<(string Session, string Camera)> _incomplete = [];
    private int _repairing;

    public HousekeeperActor(HousekeeperSetup setup)
    {
        _setup = setup;
        Receive<RepairDone>(OnRepairDone);
        Receive<RunningKnown>(OnRunningKnown);
        Receive<RunningUnknown>(_ => Timers.StartSingleTimer(nameof(AskAgain), AskAgain.Instance, AskAgainInterval));
        Receive<AskAgain>(_ => AskForRunning());
        Receive<HashDone>(OnHashDone);
        Receive<SegmentClosed>(closed => StartHash(closed.SessionId, closed.Camera, closed.Segment.File));
        Receive<ConfirmOffload>(OnConfirm);
        Receive<DeleteOffloaded>(_ => Sender.Tell(Delete(Retention.Offloaded(Newest()))));
        Receive<CheckRetention>(_ => OnCheckRetention());
        Receive<HealthAnswer>(OnHealth);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(HousekeeperSetup setup) => Akka.Actor.Props.Create(() => new HousekeeperActor(setup));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(SegmentClosed));
        Timers.StartPeriodicTimer(nameof(CheckRetention), CheckRetention.Instance, RetentionInterval);
        IReadOnlyList<Manifest> manifests = _setup.Catalogue.All();
        _incomplete = [.. manifests.Where(manifest => !manifest.Complete).Select(manifest => (manifest.SessionId, manifest.Camera))];
        foreach (OpenSegment open in _setup.LeftOpen)
        {
            _repairing++;
            NoteUnlisted(open);
            Task.Run(() => _setup.Repair(Path.Combine(Folder, open.SessionId, open.File)))
                .PipeTo(
                    Self,
                    success: result => new RepairDone(open, result),
                    failure: error => new RepairDone(open, new RepairResult { Problem = error.GetBaseException().Message })
                );
        }

        if (_repairing == 0)
        {
            AskForRunning();
        }

        foreach (Manifest manifest in manifests)
        {
            foreach (
                Segment segment in manifest.Segments.Where(segment =>
                    segment is { Closed: true, Sha256: null, Deleted: null, Damage: null }
                )
            )
            {
                StartHash(manifest.SessionId, manifest.Camera, segment.File);
            }
        }
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self, typeof(SegmentClosed));

    private string Folder => _setup.Settings.Current.RecordingsFolder;

    private void OnRepairDone(RepairDone done)
    {
        (OpenSegment open, RepairResult result) = (done.Segment, done.Result);
        string text = result.Problem ?? $"repaired, {result.Frames} pictures";
        _log.Warning("{0}/{1} was left open: {2}.", open.SessionId, open.File, text);
        _setup.Manifests.Update(open.SessionId, open.Camera, manifest => Repaired(manifest ?? Unlisted(open), open.File, result));
        if (result.Problem is not null)
        {
            _setup.Catalogue.PutBroken(new BrokenRecording(Path.Combine(open.SessionId, open.File), result.Problem));
        }
        else
        {
            StartHash(open.SessionId, open.Camera, open.File);
        }

        Context.System.EventStream.Publish(
            new SegmentRepaired(open.SessionId, open.File, text) { Time = Now(), Node = _setup.Settings.Current.NodeId }
        );
        if (--_repairing == 0)
        {
            AskForRunning();
        }
    }

    /// <summary>A file without a manifest gets one when it is repaired, which is completed like those of other recordings that were cut off.</summary>
    private void NoteUnlisted(OpenSegment open)
    {
        if (_setup.Manifests.Find(open.SessionId, open.Camera) is null)
        {
            _incomplete.Add((open.SessionId, open.Camera));
        }
    }

    private Manifest Unlisted(OpenSegment open) =>
        new Manifest
        {
            SessionId = open.SessionId,
            Camera = open.Camera,
            Node = _setup.Settings.Current.NodeId,
            SoftwareVersion = _setup.Settings.Current.Version,
            Start =
                _setup
                    .LeftOpen.Where(other => (other.SessionId, other.Camera) == (open.SessionId, open.Camera))
                    .Min(other => LeftOpen.BeginOf(other.File))
                ?? Now(),
            Segments = [],
        }.WithNote(Now(), "Made from the files that were found: there was no manifest that could be read.");

    private static Manifest Repaired(Manifest manifest, string file, RepairResult result)
    {
        bool wasKnown = manifest.Segments.Any(segment => segment.File == file);
        Segment before = manifest.Segments.FirstOrDefault(segment => segment.File == file) ?? new Segment { File = file };
        Segment repaired = before with
        {
            Closed = result.Problem is null,
            Repaired = result.Problem is null,
            Damage = result.Problem,
            Bytes = result.Bytes,
            Frames = result.Frames,
            First = result.First ?? before.First ?? LeftOpen.BeginOf(file),
            Last = result.Last ?? before.Last,
            Sha256 = null,
        };
        Manifest next = manifest.WithSegment(repaired);
        return wasKnown ? next.WithGapsFrom(repaired) : next.WithGapsAround(repaired);
    }

    private void AskForRunning() =>
        _setup
            .Session.Ask<CurrentSession>(GetSession.Instance, AskTimeout)
            .PipeTo(Self, success: answer => new RunningKnown(answer.Session?.SessionId), failure: _ => RunningUnknown.Instance);

    /// <summary>Sessions that were cut off before this process and that nobody goes on with are complete as they are.</summary>
    private void OnRunningKnown(RunningKnown running)
    {
        foreach ((string session, string camera) in _incomplete.Where(manifest => manifest.Session != running.SessionId))
        {
            _setup.Manifests.Update(
                session,
                camera,
                latest =>
                    latest is null or { Complete: true }
                        ? null
                        : latest.WithNote(Now(), "The recording was cut off and not resumed.") with
                        {
                            Complete = true,
                            End = latest.End ?? latest.Segments.Max(segment => segment.Last),
                        }
            );
        }
    }

    private void StartHash(string session, string camera, string file)
    {
        if (!_hashing.Add((session, file)))
        {
            return;
        }

        _setup
            .Hash(Path.Combine(Folder, session, file))
            .PipeTo(
                Self,
                success: hash => new HashDone(session, camera, file, hash, null),
                failure: error => new HashDone(session, camera, file, null, error.GetBaseException().Message)
            );
    }

    private void OnHashDone(HashDone done)
    {
        _hashing.Remove((done.Session, done.File));
        if (done.Hash is null)
        {
            _log.Warning("{0}/{1} could not be hashed: {2}", done.Session, done.File, done.Problem!);
            return;
        }

        long bytes = new FileInfo(Path.Combine(Folder, done.Session, done.File)) is { Exists: true } file ? file.Length : 0;
        _setup.Manifests.Update(
            done.Session,
            done.Camera,
            manifest => manifest?.WithSegment(done.File, segment => segment with { Sha256 = done.Hash, Bytes = bytes })
        );
    }

    private void OnConfirm(ConfirmOffload request)
    {
        string[] parts = request.File.Split('/');
        Manifest? manifest =
            parts.Length == 2
                ? _setup
                    .Catalogue.All()
                    .FirstOrDefault(each => each.SessionId == parts[0] && each.Segments.Any(segment => segment.File == parts[1]))
                : null;
        manifest = manifest is null ? null : _setup.Manifests.Find(manifest.SessionId, manifest.Camera) ?? manifest;
        Segment? segment = manifest?.Segments.FirstOrDefault(each => each.File == parts[1]);
        if (manifest is null || segment is null)
        {
            Sender.Tell(
                Refusal(404, ProblemCodes.NotFound, $"There is no recording {request.File}.", "GET /api/v1/recordings lists them.")
            );
            return;
        }

        if (segment.Sha256 is null)
        {
            Sender.Tell(
                Refusal(
                    409,
                    ProblemCodes.NotHashedYet,
                    $"{request.File} has not been hashed yet.",
                    "Confirm again when its sha256 is in the catalogue."
                )
            );
            return;
        }

        if (!string.Equals(segment.Sha256, request.Sha256, StringComparison.OrdinalIgnoreCase))
        {
            Sender.Tell(
                Refusal(
                    409,
                    ProblemCodes.HashMismatch,
                    $"The copy has {request.Sha256}, the original {segment.Sha256}.",
                    "Copy the file again."
                )
            );
            return;
        }

        DateTimeOffset now = Now();
        Offload offload = new(now, request.By ?? "");
        _setup.Manifests.Update(
            manifest.SessionId,
            manifest.Camera,
            latest => latest?.WithSegment(segment.File, each => each with { Offloaded = each.Offloaded ?? offload })
        );
        bool deleted =
            _setup.Settings.Current.Retention.DeleteAfterConfirm
            && Delete([new Deletable(manifest.SessionId, manifest.Camera, segment.File, segment.Bytes, manifest.Start)]).Files > 0;
        Sender.Tell(new ConfirmedOffload(request.File, Offloaded: true, deleted));
    }

    private void OnCheckRetention() =>
        _setup.Health.Ask<HealthAnswer>(GetHealth.Instance, AskTimeout).PipeTo(Self, failure: _ => CheckFailed.Instance);

    private void OnHealth(HealthAnswer health)
    {
        NodeSettings settings = _setup.Settings.Current;
        if (health.Machine.Disk.TotalBytes > 0)
        {
            Delete(Retention.Due(Newest(), health.Machine.Disk, settings.Gates, settings.Retention));
        }
    }

    /// <summary>All manifests with what has just been noted in them, which the catalogue learns a moment later.</summary>
    private IEnumerable<Manifest> Newest()
    {
        var unwritten = _setup.Manifests.Unwritten();
        return _setup.Catalogue.All().Select(manifest => unwritten.GetValueOrDefault((manifest.SessionId, manifest.Camera), manifest));
    }

    private DeletedOffloaded Delete(IEnumerable<Deletable> segments)
    {
        int files = 0;
        long bytes = 0;
        foreach (Deletable segment in segments)
        {
            try
            {
                File.Delete(Path.Combine(Folder, segment.SessionId, segment.File));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                _log.Warning("{0}/{1} could not be deleted: {2}", segment.SessionId, segment.File, error.Message);
                continue;
            }

            files++;
            bytes += segment.Bytes;
            DateTimeOffset now = Now();
            _setup.Manifests.Update(
                segment.SessionId,
                segment.Camera,
                manifest => manifest?.WithSegment(segment.File, each => each with { Deleted = now })
            );
        }

        return new DeletedOffloaded(files, bytes);
    }

    private static Problem Refusal(int status, string code, string detail, string remedy) =>
        new()
        {
            Status = status,
            Code = code,
            Title = "The copy cannot be confirmed",
            Detail = detail,
            Remedy = remedy,
        };

    private DateTimeOffset Now() => _setup.Time.GetUtcNow();

    private sealed record RepairDone(OpenSegment Segment, RepairResult Result);

    private sealed record RunningKnown(string? SessionId);

    private sealed record RunningUnknown
    {
        public static readonly RunningUnknown Instance = new();
    }

    private sealed record AskAgain
    {
        public static readonly AskAgain Instance = new();
    }

    private sealed record HashDone(string Session, string Camera, string File, string? Hash, string? Problem);

    private sealed record CheckRetention
    {
        public static readonly CheckRetention Instance = new();
    }

    private sealed record CheckFailed
    {
        public static readonly CheckFailed Instance = new();
    }
}

/// <summary>To the housekeeper: answers with <see cref="DeletedOffloaded"/>.</summary>
public sealed record DeleteOffloaded
{
    public static readonly DeleteOffloaded Instance = new();
}

/// <summary>A file that was not closed when this process began.</summary>
public sealed record OpenSegment(string SessionId, string Camera, string File);

/// <summary>What became of a repair. <see cref="Problem"/> is null when the file is whole again.</summary>
public sealed record RepairResult
{
    public string? Problem { get; init; }
    public long Bytes { get; init; }
    public long Frames { get; init; }

    /// <summary>Capture instants of the first and last presented picture, where the file tells them.</summary>
    public DateTimeOffset? First { get; init; }
    public DateTimeOffset? Last { get; init; }
}

/// <summary>What the housekeeper works with.</summary>
/// <param name="LeftOpen">Files that were open when this process began; taken before anything new is recorded.</param>
/// <param name="Repair">Repairs one file in place, safely; blocks.</param>
/// <param name="Hash">SHA-256 of a file, at low priority.</param>
public sealed record HousekeeperSetup(
    LiveSettings Settings,
    IReadOnlyList<OpenSegment> LeftOpen,
    Func<string, RepairResult> Repair,
    Func<string, Task<string>> Hash,
    ManifestStore Manifests,
    Catalogue Catalogue,
    IActorRef Session,
    IActorRef Health,
    TimeProvider Time
);
