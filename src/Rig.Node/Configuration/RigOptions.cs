// Every setting of a node, with its default. hocon/reference.conf says the same in the user's words; a test holds the two together.
// A setting is added here together with what reads it.
using Rig.Contracts.Nodes;
using Rig.Streams.Log;

namespace Rig.Node.Configuration;

/// <summary>The configuration of one node. Keys are the properties' names in camelCase, joined by dots.</summary>
public sealed record RigOptions
{
    /// <summary>Who this node is.</summary>
    public NodeOptions Node { get; init; } = new();

    /// <summary>Where it listens.</summary>
    public HttpOptions Http { get; init; } = new();

    /// <summary>The rig that it is part of.</summary>
    public ClusterOptions Cluster { get; init; } = new();

    /// <summary>The cameras by id.</summary>
    public IReadOnlyDictionary<string, CameraOptions> Cameras { get; init; } =
        new Dictionary<string, CameraOptions>(StringComparer.Ordinal);

    /// <summary>How segments are written.</summary>
    public RecordingOptions Recording { get; init; } = new();

    /// <summary>The memory that holds the newest pictures of every camera.</summary>
    public LogOptions Log { get; init; } = new();

    /// <summary>How sources are watched and tried again.</summary>
    public IngestOptions Ingest { get; init; } = new();

    /// <summary>Viewers.</summary>
    public LiveOutputOptions Live { get; init; } = new();

    /// <summary>HTTP live streaming.</summary>
    public HlsOutputOptions Hls { get; init; } = new();

    /// <summary>The RTSP server.</summary>
    public RtspOutputOptions Rtsp { get; init; } = new();

    /// <summary>When a start warns or is refused.</summary>
    public GateOptions Gates { get; init; } = new();

    /// <summary>How the node's clock is watched.</summary>
    public ClockOptions Clock { get; init; } = new();

    /// <summary>What becomes of footage that was copied off.</summary>
    public RetentionOptions Retention { get; init; } = new();

    /// <summary>Pictures taken of cameras.</summary>
    public SnapshotsOptions Snapshots { get; init; } = new();

    /// <summary>The 720p stream for weak networks.</summary>
    public LowStreamOptions LowStream { get; init; } = new();

    /// <summary>The program's own log.</summary>
    public DiagnosticsOptions Diagnostics { get; init; } = new();
}

/// <summary>Identity and folders.</summary>
public sealed record NodeOptions
{
    [Option(Applies.Node)]
    public string Id { get; init; } = "NODE";

    [Option(Applies.Node, MayBeEmpty = true)]
    public string Position { get; init; } = "";

    [Option(Applies.Live)]
    public NodeMode Mode { get; init; } = NodeMode.Production;

    [Option(Applies.Node)]
    public IReadOnlyList<string> Roles { get; init; } = ["camera"];

    [Option(Applies.Node)]
    public string Data { get; init; } = "data";

    [Option(Applies.Node)]
    public string Recordings { get; init; } = "recordings";

    [Option(Applies.Node)]
    public string State { get; init; } = "state";

    /// <summary>Absolute path of the recordings.</summary>
    public string RecordingsFolder() => Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(Data, Recordings)));

    /// <summary>Absolute path of journal, catalogue and override file.</summary>
    public string StateFolder() => Path.GetFullPath(Path.Combine(Data, State));

    /// <summary>Absolute path of what joining a rig has written.</summary>
    public string IdentityFolder() => Path.Combine(StateFolder(), "identity");
}

/// <summary>The HTTP server.</summary>
public sealed record HttpOptions
{
    [Option(Applies.Node)]
    public IReadOnlyList<string> Addresses { get; init; } = ["127.0.0.1"];

    [Option(Applies.Node, Min = "0", Max = "65535")]
    public int Port { get; init; } = 8080;
}

/// <summary>What keeps the nodes of a rig together.</summary>
public enum ClusterEngine
{
    /// <summary>etcd when the node has joined a rig, embedded when it has not.</summary>
    Auto,

    /// <summary>Nothing: this node is alone, whatever it has joined.</summary>
    Embedded,
    Etcd,
}

/// <summary>The rig that the node is part of.</summary>
public sealed record ClusterOptions
{
    [Option(Applies.Node)]
    public ClusterEngine Engine { get; init; } = ClusterEngine.Auto;

    [Option(Applies.Node)]
    public IReadOnlyList<string> Etcd { get; init; } = [];

    [Option(Applies.Node, Min = "2s", Max = "1m")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(5);

    [Option(Applies.Node, Min = "100ms", Max = "1m")]
    public TimeSpan PrepareTimeout { get; init; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>Messages between nodes.</summary>
    public ClusterLinkOptions Link { get; init; } = new();
}

/// <summary>Where other nodes connect for messages.</summary>
public sealed record ClusterLinkOptions
{
    [Option(Applies.Node)]
    public string Address { get; init; } = "0.0.0.0";

    [Option(Applies.Node, Min = "0", Max = "65535")]
    public int Port { get; init; } = 9111;

    [Option(Applies.Node, MayBeEmpty = true)]
    public string Advertise { get; init; } = "";
}

/// <summary>One camera.</summary>
public sealed record CameraOptions
{
    [Option(Applies.Camera, Required = true)]
    public string Source { get; init; } = "";

    [Option(Applies.Camera, MayBeEmpty = true)]
    public string Name { get; init; } = "";

    [Option(Applies.Camera, MayBeEmpty = true)]
    public string Position { get; init; } = "";

    [Option(Applies.Camera)]
    public bool Audio { get; init; } = true;
}

/// <summary>Which clock the timecode track shows.</summary>
public enum TimecodeClock
{
    Utc,
    Local,
}

/// <summary>Segments and sessions.</summary>
public sealed record RecordingOptions
{
    [Option(Applies.Live, Min = "1s", Max = "24h")]
    public TimeSpan Rotation { get; init; } = TimeSpan.FromMinutes(30);

    [Option(Applies.Live)]
    public bool AlignToClock { get; init; }

    [Option(Applies.Live, Min = "100ms", Max = "10s")]
    public TimeSpan Fragment { get; init; } = TimeSpan.FromMilliseconds(500);

    [Option(Applies.Live, Min = "100ms", Max = "1m")]
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromSeconds(2);

    [Option(Applies.Live, Min = "1MiB", Max = "64GiB")]
    public ByteSize AllocationStep { get; init; } = new(64L << 20);

    [Option(Applies.Live)]
    public TimecodeClock Timecode { get; init; } = TimecodeClock.Utc;

    [Option(Applies.Live, Min = "0s", Max = "7d")]
    public TimeSpan ResumeWithin { get; init; } = TimeSpan.FromHours(12);

    [Option(Applies.Live, Min = "100ms", Max = "1m")]
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMilliseconds(1500);

    [Option(Applies.Live, Min = "1s", Max = "10m")]
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>The GOP logs.</summary>
public sealed record LogOptions
{
    [Option(Applies.Camera, Min = "0s", Max = "10m")]
    public TimeSpan PreRoll { get; init; } = TimeSpan.FromSeconds(10);

    [Option(Applies.Camera, Min = "8MiB", Max = "1TiB")]
    public ByteSize CameraBytes { get; init; } = new(400_000_000);

    [Option(Applies.Node, Min = "8MiB", Max = "8TiB")]
    public ByteSize NodeBytes { get; init; } = new(8_000_000_000);

    [Option(Applies.Camera, Min = "1%", Max = "100%")]
    public Percent HighWatermark { get; init; } = new(80);

    [Option(Applies.Camera, Min = "0%", Max = "99%")]
    public Percent LowWatermark { get; init; } = new(60);

    /// <summary>The bytes for one camera on a machine with this much memory: as configured, but a quarter of it at most.</summary>
    public long CameraBytesOn(long machineBytes) => Math.Min(CameraBytes.Bytes, machineBytes / 4);

    /// <summary>The bytes for all cameras on a machine with this much memory: as configured, but half of it at most.</summary>
    public long NodeBytesOn(long machineBytes) => Math.Min(NodeBytes.Bytes, machineBytes / 2);
}

/// <summary>Watching and retrying sources.</summary>
public sealed record IngestOptions
{
    [Option(Applies.Camera, Min = "100ms", Max = "5m")]
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(2);

    [Option(Applies.Camera, Min = "10ms", Max = "5m")]
    public TimeSpan RetryMin { get; init; } = TimeSpan.FromSeconds(1);

    [Option(Applies.Camera, Min = "10ms", Max = "1h")]
    public TimeSpan RetryMax { get; init; } = TimeSpan.FromSeconds(30);

    [Option(Applies.Camera, Min = "0%", Max = "100%")]
    public Percent RetryJitter { get; init; } = new(20);

    [Option(Applies.Camera, Min = "1", Max = "1000")]
    public int BreakerFailures { get; init; } = 5;

    [Option(Applies.Camera, Min = "1s", Max = "1h")]
    public TimeSpan BreakerReset { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>What all live outputs have in common.</summary>
public sealed record LiveOutputOptions
{
    [Option(Applies.Node, Min = "1", Max = "100000")]
    public int Viewers { get; init; } = 1000;

    [Option(Applies.Node, Min = "1", Max = "100000")]
    public int CameraViewers { get; init; } = 600;

    [Option(Applies.Node, Min = "100ms", Max = "10s")]
    public TimeSpan Lag { get; init; } = TimeSpan.FromSeconds(1);

    [Option(Applies.Node)]
    public LagStrategy Drop { get; init; } = LagStrategy.Oldest;

    [Option(Applies.Node, Min = "1s", Max = "5m")]
    public TimeSpan SendLimit { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>(Low-latency) HLS.</summary>
public sealed record HlsOutputOptions
{
    [Option(Applies.Node, Min = "50ms", Max = "2s")]
    public TimeSpan Part { get; init; } = TimeSpan.FromMilliseconds(200);

    [Option(Applies.Node, Min = "500ms", Max = "10s")]
    public TimeSpan Segment { get; init; } = TimeSpan.FromSeconds(1);

    [Option(Applies.Node, Min = "1MiB", Max = "4GiB")]
    public ByteSize CameraBytes { get; init; } = new(64_000_000);

    [Option(Applies.Node, Min = "2s", Max = "10m")]
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>The RTSP server, on the addresses of the HTTP server.</summary>
public sealed record RtspOutputOptions
{
    [Option(Applies.Node)]
    public bool Enabled { get; init; } = true;

    [Option(Applies.Node, Min = "0", Max = "65535")]
    public int Port { get; init; } = 8554;

    [Option(Applies.Node, Min = "0", Max = "65534")]
    public int UdpPort { get; init; }

    [Option(Applies.Node, Min = "1", Max = "10000")]
    public int Connections { get; init; } = 200;
}

/// <summary>Levels of the gates.</summary>
public sealed record GateOptions
{
    [Option(Applies.Live, Min = "0%", Max = "100%")]
    public Percent DiskWarn { get; init; } = new(15);

    [Option(Applies.Live, Min = "0%", Max = "100%")]
    public Percent DiskBlock { get; init; } = new(10);

    [Option(Applies.Live, Min = "0", Max = "150")]
    public Celsius TemperatureWarn { get; init; } = new(75);

    [Option(Applies.Live, Min = "0", Max = "150")]
    public Celsius TemperatureBlock { get; init; } = new(85);

    [Option(Applies.Live, Min = "0%", Max = "100%")]
    public Percent BatteryWarn { get; init; } = new(20);

    [Option(Applies.Live, Min = "0%", Max = "100%")]
    public Percent BatteryBlock { get; init; } = new(10);

    [Option(Applies.Live, Min = "1us", Max = "1h")]
    public TimeSpan ClockWarn { get; init; } = TimeSpan.FromMilliseconds(2);

    [Option(Applies.Live, Min = "1us", Max = "1h", None = "warn")]
    public TimeSpan? ClockBlock { get; init; } = TimeSpan.FromMilliseconds(5);

    [Option(Applies.Live, Min = "100ms", Max = "1m")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>The clock's watch.</summary>
public sealed record ClockOptions
{
    [Option(Applies.Node, Min = "1s", Max = "10m")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    [Option(Applies.Node, MayBeEmpty = true)]
    public string Chronyd { get; init; } = "";
}

/// <summary>Confirmed copies.</summary>
public sealed record RetentionOptions
{
    [Option(Applies.Live)]
    public bool DeleteAfterConfirm { get; init; }
}

/// <summary>Log files of the development mode.</summary>
public sealed record DiagnosticsOptions
{
    [Option(Applies.Live)]
    public string Folder { get; init; } = "logs";

    [Option(Applies.Live, Min = "64KiB", Max = "1GiB")]
    public ByteSize FileSize { get; init; } = new(10_000_000);

    [Option(Applies.Live, Min = "1", Max = "100")]
    public int Files { get; init; } = 5;
}
