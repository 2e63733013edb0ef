using System.Security.Cryptography;
using Akka.Actor;
using Akka.TestKit;
using Rig.Actors.Health;
using Rig.Actors.Housekeeping;
using Rig.Actors.Manifests;
using Rig.Actors.Sessions;
using Rig.Actors.Settings;
using Rig.Actors.Tests.Support;
using Rig.Contracts.Events;
using Rig.Contracts.Nodes;
using Rig.Contracts.Problems;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;
using Rig.Streams.Files;

namespace Rig.Actors.Tests.Housekeeping;

public sealed class HousekeeperActorTests : ActorTest
{
    private static readonly DateTimeOffset Noon = Samples.Noon;

    private readonly TemporaryFolder _folder = new();
    private readonly BackgroundHasher _hasher = new();
    private readonly Catalogue _catalogue;
    private readonly ManifestStore _manifests;
    private readonly LiveSettings _settings;
    private readonly TestProbe _session;
    private readonly TestProbe _health;
    private readonly ManualResetEventSlim _indexing = new(initialState: true);
    private Func<string, RepairResult> _repair = _ => throw new InvalidOperationException("Nothing was to be repaired.");

    public HousekeeperActorTests()
    {
        _catalogue = new Catalogue(_folder["catalogue.db"]);
        _manifests = new ManifestStore(_folder["recordings"], TimeProvider.System, Index, (_, _) => { });
        _settings = new LiveSettings(
            new NodeSettings
            {
                NodeId = "CAM_L",
                Version = "0.1.0",
                RecordingsFolder = _folder["recordings"],
                StateFolder = _folder.Path,
            }
        );
        _session = CreateTestProbe();
        _health = CreateTestProbe();
    }

    private void Index(Manifest manifest)
    {
        _indexing.Wait(TimeSpan.FromSeconds(30));
        _catalogue.Put(manifest);
    }

    protected override void AfterAll()
    {
        _indexing.Set();
        base.AfterAll();
        _hasher.Dispose();
        _manifests.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(20));
        _catalogue.Dispose();
        _indexing.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_file_left_open_is_repaired_and_the_gap_begins_where_it_really_ends()
    {
        SegmentGap gap = new()
        {
            From = Noon,
            To = Noon.AddSeconds(30),
            Cause = GapCauses.ProcessRestart,
        };
        SegmentGap other = gap with { Cause = "source_stalled" };
        Record("DEMO", [new Segment { File = "open.mp4", First = Noon }], manifest => manifest with { Gaps = [other, gap] });
        _repair = _ => new RepairResult
        {
            Frames = 500,
            Bytes = 7,
            Last = Noon.AddSeconds(20),
        };
        Start(new OpenSegment("DEMO", "cam0", "open.mp4"));
        Assert.Equal("open.mp4", Hear<SegmentRepaired>().File);
        Segment repaired = Await("DEMO", segment => segment.Sha256 is not null);
        Assert.Equal((true, true, 500, Noon.AddSeconds(20)), (repaired.Closed, repaired.Repaired, repaired.Frames, repaired.Last!.Value));
        Assert.Equal(Hash("open.mp4"), repaired.Sha256);
        Assert.Equal([other, gap with { From = Noon.AddSeconds(20) }], _manifests.Find("DEMO", "cam0")!.Gaps);
    }

    [Fact]
    public void A_file_of_one_picture_does_not_move_the_gap_before_it()
    {
        SegmentGap gap = new()
        {
            From = Noon,
            To = Noon.AddSeconds(30),
            Cause = GapCauses.ProcessRestart,
        };
        Record("DEMO", [new Segment { File = "open.mp4", First = Noon.AddSeconds(30) }], manifest => manifest with { Gaps = [gap] });
        _repair = _ => new RepairResult { Frames = 1, Last = Noon.AddSeconds(30) };
        Start(new OpenSegment("DEMO", "cam0", "open.mp4"));
        Await("DEMO", segment => segment.Repaired);
        Assert.Equal([gap], _manifests.Find("DEMO", "cam0")!.Gaps);
    }

    [Fact]
    public void A_file_that_cannot_be_repaired_is_flagged_and_listed_with_its_problem()
    {
        Record("DEMO", [new Segment { File = "open.mp4", First = Noon }]);
        _repair = _ => throw new InvalidDataException("There is no header.");
        Start(new OpenSegment("DEMO", "cam0", "open.mp4"));
        Hear<SegmentRepaired>();
        Segment damaged = Await("DEMO", segment => segment.Damage is not null);
        Assert.Equal(("There is no header.", false, false), (damaged.Damage, damaged.Closed, damaged.Repaired));
        Assert.Equal(Path.Combine("DEMO", "open.mp4"), _catalogue.List(0, 10).Broken.Single().Path);
    }

    [Fact]
    public void A_file_that_no_manifest_knew_is_added_to_it()
    {
        Record("DEMO", []);
        _repair = _ => new RepairResult
        {
            Frames = 10,
            First = Noon,
            Last = Noon.AddSeconds(1),
        };
        File.WriteAllText(_folder["recordings", "DEMO", "unknown.mp4"], "unknown");
        Start(new OpenSegment("DEMO", "cam0", "unknown.mp4"));
        Segment found = Await("DEMO", segment => segment.Closed);
        Assert.Equal(("unknown.mp4", 10), (found.File, found.Frames));
    }

    [Fact]
    public void Files_without_a_manifest_get_one_and_are_listed()
    {
        const string First = "LOST_cam7_20260301_120000.mp4";
        const string Second = "LOST_cam7_20260301_123000.mp4";
        Directory.CreateDirectory(_folder["recordings", "LOST"]);
        File.WriteAllText(_folder["recordings", "LOST", First], First);
        File.WriteAllText(_folder["recordings", "LOST", Second], Second);
        _repair = _ => new RepairResult { Frames = 10 };
        Start(new OpenSegment("LOST", "cam7", First), new OpenSegment("LOST", "cam7", Second));
        void Listed()
        {
            Manifest found = _catalogue.All().Single();
            Assert.Equal(("LOST", "cam7", "CAM_L"), (found.SessionId, found.Camera, found.Node));
            Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), found.Start);
            Assert.Equal([First, Second], found.Segments.Select(segment => segment.File).Order(StringComparer.Ordinal));
            Assert.All(found.Segments, segment => Assert.True(segment is { Closed: true, Sha256: not null, First: not null }));
            Assert.Contains(found.Notes, note => note.Text.Contains("no manifest", StringComparison.Ordinal));
        }

        AwaitAssert(Listed, TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_closed_segment_is_hashed()
    {
        Start();
        Record("DEMO", [Closed("a.mp4")]);
        Sys.EventStream.Publish(new SegmentClosed("cam0", "DEMO", Closed("a.mp4")) { Time = Now, Node = "CAM_L" });
        Assert.Equal(Hash("a.mp4"), Await("DEMO", segment => segment.Sha256 is not null).Sha256);
    }

    [Fact]
    public void Segments_whose_hash_was_still_missing_get_it_after_a_restart()
    {
        Record("DEMO", [Closed("a.mp4")]);
        Start();
        Assert.Equal(Hash("a.mp4"), Await("DEMO", segment => segment.Sha256 is not null).Sha256);
    }

    [Theory]
    [InlineData("DEMO/hashed.mp4", "wrong", 409, ProblemCodes.HashMismatch)]
    [InlineData("DEMO/open.mp4", "any", 409, ProblemCodes.NotHashedYet)]
    [InlineData("DEMO/missing.mp4", "any", 404, ProblemCodes.NotFound)]
    [InlineData("OTHER/hashed.mp4", "any", 404, ProblemCodes.NotFound)]
    [InlineData("hashed.mp4", "any", 404, ProblemCodes.NotFound)]
    [InlineData("DEMO/../DEMO/hashed.mp4", "any", 404, ProblemCodes.NotFound)]
    public void A_copy_is_not_confirmed_by_anything_but_its_hash(string file, string hash, int status, string code)
    {
        Record("DEMO", [Hashed("hashed.mp4"), new Segment { File = "open.mp4" }]);
        IActorRef housekeeper = Start();
        Problem problem = Answer<Problem>(housekeeper, new ConfirmOffload { File = file, Sha256 = hash });
        Assert.Equal((status, code), (problem.Status, problem.Code));
        Assert.Equal(0, Answer<DeletedOffloaded>(housekeeper, DeleteOffloaded.Instance).Files);
        Assert.All(_manifests.Find("DEMO", "cam0")!.Segments, segment => Assert.Null(segment.Offloaded));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_copy_confirmed_by_its_hash_is_noted_with_when_and_by_whom(bool upperCase)
    {
        Record("DEMO", [Hashed("a.mp4")]);
        IActorRef housekeeper = Start();
        string hash = upperCase ? Hash("a.mp4").ToUpperInvariant() : Hash("a.mp4");
        ConfirmedOffload answer = Answer<ConfirmedOffload>(
            housekeeper,
            new ConfirmOffload
            {
                File = "DEMO/a.mp4",
                Sha256 = hash,
                By = "operator",
            }
        );
        Assert.Equal(new ConfirmedOffload("DEMO/a.mp4", Offloaded: true, Deleted: false), answer);
        Assert.Equal(new Offload(Now, "operator"), _manifests.Find("DEMO", "cam0")!.Segments[0].Offloaded);
        Assert.True(Exists("DEMO", "a.mp4"));
    }

    [Fact]
    public void With_delete_after_confirm_a_confirmed_file_goes_at_once()
    {
        Record("DEMO", [Hashed("a.mp4")]);
        _settings.Current = _settings.Current with { Retention = new RetentionSettings { DeleteAfterConfirm = true } };
        Assert.True(Confirm(Start(), "a.mp4").Deleted);
        Assert.False(Exists("DEMO", "a.mp4"));
        Assert.Equal(Now, _manifests.Find("DEMO", "cam0")!.Segments[0].Deleted);
    }

    [Fact]
    public void A_file_that_could_not_be_deleted_is_not_said_to_be()
    {
        Record("DEMO", [Hashed("a.mp4")]);
        _settings.Current = _settings.Current with { Retention = new RetentionSettings { DeleteAfterConfirm = true } };
        string hash = Hash("a.mp4");
        IActorRef housekeeper = Start();
        File.Delete(_folder["recordings", "DEMO", "a.mp4"]);
        Directory.CreateDirectory(_folder["recordings", "DEMO", "a.mp4"]);
        Assert.False(Answer<ConfirmedOffload>(housekeeper, new ConfirmOffload { File = "DEMO/a.mp4", Sha256 = hash }).Deleted);
        Assert.Null(_manifests.Find("DEMO", "cam0")!.Segments[0].Deleted);
    }

    [Fact]
    public void Deleting_what_was_offloaded_takes_what_has_just_been_confirmed_once_and_nothing_else()
    {
        Record("DEMO", [Hashed("a.mp4"), Hashed("b.mp4")]);
        IActorRef housekeeper = Start();
        _indexing.Reset();
        Confirm(housekeeper, "a.mp4");
        Assert.Equal(new DeletedOffloaded(1, 5), Answer<DeletedOffloaded>(housekeeper, DeleteOffloaded.Instance));
        Assert.Equal(new DeletedOffloaded(0, 0), Answer<DeletedOffloaded>(housekeeper, DeleteOffloaded.Instance));
        Assert.False(Exists("DEMO", "a.mp4"));
        Assert.True(Exists("DEMO", "b.mp4"));
    }

    [Fact]
    public async Task Below_the_warn_level_the_oldest_confirmed_file_goes_and_unconfirmed_ones_stay()
    {
        Offload copied = new(Noon, "operator");
        Record(
            "DEMO",
            [
                Hashed("0-unconfirmed.mp4"),
                Hashed("1-oldest.mp4") with
                {
                    Offloaded = copied,
                    First = Noon.AddHours(1),
                },
                Hashed("2-newer.mp4") with
                {
                    Offloaded = copied,
                    First = Noon.AddHours(2),
                },
            ]
        );
        await _manifests.FlushAsync(default);
        IActorRef housekeeper = Start();
        Check(housekeeper, freePercent: 10, gone: "1-oldest.mp4");
        Assert.True(Exists("DEMO", "2-newer.mp4"));
        Check(housekeeper, freePercent: 0, gone: "2-newer.mp4");
        Assert.True(Exists("DEMO", "0-unconfirmed.mp4"));
    }

    [Fact]
    public void Sessions_that_nobody_goes_on_with_are_completed_with_a_note_and_the_running_one_is_left()
    {
        Record("CUT", [Closed("a.mp4") with { Last = Noon.AddSeconds(8) }], manifest => manifest with { Complete = false });
        Record("RUNNING", [], manifest => manifest with { Complete = false });
        Start();
        AnswerRunning("RUNNING");
        AwaitAssert(() =>
        {
            Manifest cut = _manifests.Find("CUT", "cam0")!;
            Assert.Equal((true, Noon.AddSeconds(8), 1), (cut.Complete, cut.End!.Value, cut.Notes.Count));
        });
        Manifest running = _manifests.Find("RUNNING", "cam0")!;
        Assert.Equal((false, 0), (running.Complete, running.Notes.Count));
    }

    [Fact]
    public void While_nobody_says_what_runs_no_session_is_called_cut_off()
    {
        Record("RUNNING", [], manifest => manifest with { Complete = false });
        IActorRef housekeeper = Start();
        _session.ExpectMsg<GetSession>();
        _session.Reply(new Status.Failure(new TimeoutException("The journal takes its time.")));
        AwaitAssert(() =>
        {
            Advance(30);
            Settle(housekeeper);
            Assert.True(_session.HasMessages);
        });
        Assert.False(_manifests.Find("RUNNING", "cam0")!.Complete);
        AnswerRunning("RUNNING");
        Settle(housekeeper);
        Assert.False(_manifests.Find("RUNNING", "cam0")!.Complete);
    }

    [Fact]
    public async Task A_session_begun_while_that_was_asked_is_not_called_cut_off()
    {
        Record("CUT", [], manifest => manifest with { Complete = false });
        await _manifests.FlushAsync(default);
        Start();
        Record("NEW", [], manifest => manifest with { Complete = false });
        await _manifests.FlushAsync(default);
        AnswerRunning(null);
        AwaitAssert(() => Assert.True(_manifests.Find("CUT", "cam0")!.Complete));
        Assert.False(_manifests.Find("NEW", "cam0")!.Complete);
    }

    private IActorRef Start(params OpenSegment[] leftOpen)
    {
        _manifests.FlushAsync(default).Wait(TimeSpan.FromSeconds(20));
        IActorRef housekeeper = ActorOf(
            HousekeeperActor.Props(
                new HousekeeperSetup(
                    _settings,
                    leftOpen,
                    path => _repair(path),
                    _hasher.HashAsync,
                    _manifests,
                    _catalogue,
                    _session.Ref,
                    _health.Ref,
                    Time
                )
            ),
            "housekeeper"
        );
        Settle(housekeeper);
        return housekeeper;
    }

    /// <summary>Writes a session's manifest and files; a file's content is its name.</summary>
    private void Record(string session, Segment[] segments, Func<Manifest, Manifest>? change = null)
    {
        Directory.CreateDirectory(_folder["recordings", session]);
        foreach (Segment segment in segments)
        {
            File.WriteAllText(_folder["recordings", session, segment.File], segment.File);
        }

        Manifest manifest = Samples.Manifest(session) with { Complete = true, Segments = segments };
        _manifests.Update(session, "cam0", _ => change is null ? manifest : change(manifest));
    }

    private static Segment Closed(string file) =>
        new()
        {
            File = file,
            Bytes = 5,
            Frames = 25,
            First = Noon,
            Closed = true,
        };

    private static Segment Hashed(string file) => Closed(file) with { Sha256 = Hash(file) };

    /// <summary>SHA-256 of a file that <see cref="Record"/> wrote.</summary>
    private static string Hash(string file) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(file)));

    private bool Exists(string session, string file) => File.Exists(_folder["recordings", session, file]);

    private Segment Await(string session, Func<Segment, bool> wanted)
    {
        Segment? found = null;
        AwaitAssert(() => Assert.NotNull(found = _manifests.Find(session, "cam0")?.Segments.FirstOrDefault(wanted)));
        return found!;
    }

    private ConfirmedOffload Confirm(IActorRef housekeeper, string file) =>
        Answer<ConfirmedOffload>(housekeeper, new ConfirmOffload { File = $"DEMO/{file}", Sha256 = Hash(file) });

    private void AnswerRunning(string? session)
    {
        _session.ExpectMsg<GetSession>();
        _session.Reply(
            new CurrentSession(
                session is null
                    ? null
                    : new SessionStatus
                    {
                        SessionId = session,
                        State = SessionState.Recording,
                        Start = Noon,
                        Cameras = ["cam0"],
                        Marks = [],
                    }
            )
        );
    }

    /// <summary>Lets the housekeeper look at a disk of 100 bytes and waits for what it does about it.</summary>
    private void Check(IActorRef housekeeper, double freePercent, string gone)
    {
        Advance(30);
        _health.ExpectMsg<GetHealth>();
        MachineReadings machine = Samples.Machine();
        DiskStatus disk = machine.Disk with { TotalBytes = 100, FreeBytes = (long)freePercent, FreePercent = freePercent };
        _health.Reply(new HealthAnswer(machine with { Disk = disk }, [], []));
        AwaitAssert(() => Assert.False(Exists("DEMO", gone)));
        Settle(housekeeper);
    }
}
