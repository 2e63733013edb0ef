using Rig.Actors.Coordination;
using Rig.Actors.Tests.Support;
using Rig.Contracts.Cameras;
using Rig.Contracts.Cluster;
using Rig.Contracts.Nodes;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Tests.Coordination;

public sealed class DisagreementsTests
{
    private static readonly DateTimeOffset Noon = Samples.Noon;

    [Fact]
    public void Nodes_that_agree_have_nothing_to_tell() => Assert.Empty(Find([Node("L"), Node("R")], CoordinatorTests.Session("S")));

    [Fact]
    public void A_clock_beyond_the_limit_with_its_uncertainty_is_told()
    {
        ClockStatus clock = new()
        {
            Source = "chrony",
            OffsetMs = -4,
            UncertaintyMs = 1.5,
        };
        Disagreement told = Only([Node("L", clock: clock), Node("R")]);
        Assert.Equal(("clock", "L"), (told.Code, told.Nodes[0]));
        Assert.Contains("-4 ms", told.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_of_another_version_is_told()
    {
        Disagreement told = Only([Node("L"), Node("R", version: "0.2.0"), Node("C")]);
        Assert.Equal(("version", "R"), (told.Code, Assert.Single(told.Nodes)));
    }

    [Fact]
    public void A_camera_that_does_not_record_what_is_wanted_is_told()
    {
        Disagreement told = Only([Node("L"), Node("R", records: null)]);
        Assert.Equal("session", told.Code);
        Assert.Equal("R/cam0 records nothing; the rig wants it in S.", told.Text);
    }

    [Fact]
    public void A_camera_that_records_what_is_not_wanted_is_told_with_the_way_to_stop_it()
    {
        Disagreement told = Only([Node("L"), Node("R", records: "OTHER")], CoordinatorTests.Session("S", cameras: ["L/cam0"]));
        Assert.Contains("R/cam0 records OTHER", told.Text, StringComparison.Ordinal);
        Assert.Contains("--local", told.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_start_of_this_second_is_given_time() =>
        Assert.Empty(Find([Node("L", records: null), Node("R", records: null)], CoordinatorTests.Session("S", requested: -1)));

    [Fact]
    public void Failed_and_unreachable_members_are_told_apart()
    {
        IReadOnlyList<Disagreement> told = Find(
            [Node("L"), Node("R", state: MemberState.Failed), Node("C", reachable: false)],
            CoordinatorTests.Session("S", cameras: ["L/cam0", "C/cam0"])
        );
        Assert.Equal(["member", "link"], told.Select(one => one.Code));
    }

    [Fact]
    public void A_camera_without_signal_is_told_where_others_have_one()
    {
        Assert.Equal("camera", Only([Node("L"), Node("R", ingest: IngestState.NoSignal)]).Code);
        Assert.Empty(
            Find([Node("L", ingest: IngestState.NoSignal), Node("R", ingest: IngestState.NoSignal)], CoordinatorTests.Session("S"))
        );
    }

    private static IReadOnlyList<Disagreement> Find(RigMember[] members, DesiredSession session) =>
        Disagreements.Find(members, [session], clockLimitMs: 5, Noon);

    private static Disagreement Only(RigMember[] members, DesiredSession? session = null) =>
        Assert.Single(Find(members, session ?? CoordinatorTests.Session("S")));

    private static RigMember Node(
        string id,
        string? records = "S",
        string version = "0.1.0",
        ClockStatus? clock = null,
        IngestState ingest = IngestState.Streaming,
        MemberState state = MemberState.Up,
        bool reachable = true
    )
    {
        MemberView view = CoordinatorScript.Member(id, ["cam0"], reachable, state);
        CameraStatus camera = Samples.Camera("cam0", ingest, records is null ? RecorderState.Idle : RecorderState.Recording);
        return new RigMember
        {
            View = view with { Member = view.Member with { Version = version } },
            Status = new NodeStatus
            {
                NodeId = id,
                Version = version,
                Mode = NodeMode.Production,
                LocalTime = Noon,
                UptimeSeconds = 1,
                Cameras = [camera with { Node = id, Recorder = camera.Recorder with { SessionId = records } }],
                Disk = Samples.Machine().Disk,
                Clock =
                    clock
                    ?? new ClockStatus
                    {
                        Source = "chrony",
                        OffsetMs = 0.1,
                        UncertaintyMs = 0.1,
                    },
                Process = new ProcessStatus
                {
                    CpuCores = 0,
                    ResidentBytes = 0,
                    LogBytes = 0,
                    GcPauseMs = 0,
                },
                Gates = [],
                Warnings = [],
            },
        };
    }
}
