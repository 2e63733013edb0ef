using Rig.Contracts.Cameras;
using Rig.Contracts.Cluster;
using Rig.Contracts.Nodes;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;

namespace Rig.Cli.Tests;

/// <summary>What a node might say.</summary>
internal static class Answers
{
    private static readonly DateTimeOffset Start = TestRun.Now.AddSeconds(-75);

    public static readonly CameraStatus Recording = new()
    {
        Id = "cam0",
        Node = "DEMO",
        Name = "Goal [left]",
        Source = "test:1280x720@30",
        Ingest = new IngestStatus
        {
            State = IngestState.Streaming,
            Resolution = new Resolution(1280, 720),
            Fps = 29.97,
            NominalFps = 30,
            VideoCodec = "h264",
            Bitrate = 8_120_000,
        },
        Recorder = new RecorderStatus
        {
            State = RecorderState.Recording,
            SessionId = "DEMO-1",
            SecondsSinceDurable = 0.42,
            Bytes = 76_000_000,
        },
        Log = new LogStatus
        {
            SpanSeconds = 10,
            Bytes = 10_000_000,
            LimitBytes = 400_000_000,
        },
    };

    public static readonly CameraStatus Dark = new()
    {
        Id = "cam1",
        Node = "DEMO",
        Source = "v4l2:/dev/video0",
        Ingest = new IngestStatus
        {
            State = IngestState.NoSignal,
            LastError = "No HDMI signal",
            LastErrorOutput = ["ffmpeg: Inappropriate ioctl"],
            Restarts = 3,
            Faults = new Dictionary<string, long> { ["packet_lost"] = 7 },
        },
        Recorder = new RecorderStatus
        {
            State = RecorderState.Idle,
            DroppedUnits = 12,
            Gaps = [new SegmentGap { From = Start, Cause = "source_ended" }],
        },
        Log = new LogStatus(),
        Warnings = ["No signal: check the cable."],
    };

    public static readonly NodeStatus Status = new()
    {
        NodeId = "DEMO",
        Version = "0.1.0",
        Mode = NodeMode.Development,
        LocalTime = TestRun.Now,
        UptimeSeconds = 3725,
        Cameras = [Recording, Dark],
        Session = new SessionStatus
        {
            SessionId = "DEMO-1",
            State = SessionState.Recording,
            Start = Start,
            Cameras = ["cam0"],
            Marks = [],
        },
        Disk = new DiskStatus
        {
            Path = "/data",
            Writable = true,
            FreeBytes = 512_000_000_000,
            TotalBytes = 1_000_000_000_000,
            FreePercent = 51.2,
            EstimatedMinutes = 4210,
        },
        Clock = new ClockStatus { Source = "chrony", OffsetMs = 0.31 },
        Process = new ProcessStatus
        {
            CpuCores = 0.12,
            ResidentBytes = 120_000_000,
            LogBytes = 20_000_000,
            GcPauseMs = 1,
        },
        Gates = [Gate],
        Warnings = [],
    };

    /// <summary>A rig of that one node.</summary>
    public static readonly RigStatus Alone = Rig([Up("DEMO", Status)]);

    /// <summary>Three nodes: one answers, one cannot be reached, one failed.</summary>
    public static readonly RigStatus Three = Rig([
        Up("CAM_L", Status with { NodeId = "CAM_L", Cameras = [Recording with { Node = "CAM_L" }] }),
        new RigMember { View = new MemberView(Announced("CAM_C"), MemberState.Up, Reachable: false, Start), Error = "no connection" },
        new RigMember { View = new MemberView(Announced("CAM_R"), MemberState.Failed, Reachable: false, Start) },
    ]) with
    {
        Disagreements = [new Disagreement("member", ["CAM_R"], "CAM_R failed 75 s ago.", "Look at its power and network.")],
    };

    private static RigStatus Rig(IReadOnlyList<RigMember> members) =>
        new()
        {
            RigId = "pitch",
            AnsweredBy = members[0].View.Member.NodeId,
            Time = TestRun.Now,
            Cluster = new ClusterStatus
            {
                Engine = "etcd",
                Reachable = true,
                Coordinator = members[0].View.Member.NodeId,
                CoordinatorState = CoordinatorState.Active,
                Token = 7,
            },
            Members = members,
            Session = Status.Session,
            Disagreements = [],
        };

    private static RigMember Up(string node, NodeStatus status) =>
        new() { View = new MemberView(Announced(node), MemberState.Up, Reachable: true, Start), Status = status };

    private static Member Announced(string node) =>
        new()
        {
            NodeId = node,
            LinkAddress = "https://127.0.0.1:1",
            HttpAddress = "http://127.0.0.1:1",
            Incarnation = Guid.Empty,
            Version = "0.1.0",
            Cameras = ["cam0"],
            Since = Start,
        };

    public static GateReading Gate =>
        new()
        {
            Gate = "signal",
            Camera = "cam1",
            Level = GateLevel.Block,
            Value = "no signal for 12 s",
            Limit = "a picture in the last 2 s",
            Remedy = "Check the cable.",
        };

    public static SessionOutcome Outcome(params (string Camera, CameraResult Result)[] cameras) =>
        new()
        {
            SessionId = "DEMO-1",
            State = SessionState.Recording,
            Start = Start,
            Cameras =
            [
                .. cameras.Select(camera => new CameraOutcome
                {
                    Camera = camera.Camera,
                    Result = camera.Result,
                    OffsetMs = 0,
                }),
            ],
        };

    public static readonly RecordingsPage Recordings = new(
        [
            new RecordedSession(
                "DEMO-1",
                Start,
                TestRun.Now,
                76_000_000,
                [
                    new Manifest
                    {
                        SessionId = "DEMO-1",
                        Camera = "cam0",
                        Node = "DEMO",
                        SoftwareVersion = "0.1.0",
                        Start = Start,
                        Segments =
                        [
                            new Segment
                            {
                                File = "DEMO-1_cam0_20260301_142845.mp4",
                                Bytes = 76_000_000,
                                Frames = 2250,
                                First = Start,
                                Last = TestRun.Now,
                                Sha256 = new string('a', 64),
                                Closed = true,
                            },
                        ],
                        Gaps =
                        [
                            new SegmentGap
                            {
                                From = Start,
                                To = Start.AddSeconds(1),
                                Units = 30,
                                Cause = "log_full",
                            },
                        ],
                        Marks = [new Mark("Goal", Start.AddSeconds(10))],
                    },
                ]
            ),
        ],
        1,
        [new BrokenRecording("X/x.json", "is no JSON")]
    );
}
