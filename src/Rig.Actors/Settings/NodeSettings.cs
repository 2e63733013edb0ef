using Rig.Contracts.Nodes;

namespace Rig.Actors.Settings;

/// <summary>What the control plane of one node is told at its start. Everything that may change while it runs comes again as a message.</summary>
public sealed record NodeSettings
{
    public required string NodeId { get; init; }

    /// <summary>Where this node's cameras stand, in the operator's words; a camera's own position goes before it.</summary>
    public string? Position { get; init; }

    public NodeMode Mode { get; init; } = NodeMode.Production;

    /// <summary>Version of this program, for status and manifests.</summary>
    public required string Version { get; init; }

    /// <summary>Folder of the sessions: <c>{Recordings}/{sessionId}/...</c>.</summary>
    public required string RecordingsFolder { get; init; }

    /// <summary>Folder of the journal and the catalogue.</summary>
    public required string StateFolder { get; init; }

    public IReadOnlyList<CameraSettings> Cameras { get; init; } = [];

    public RecordingSettings Recording { get; init; } = new();

    public LogSettings Log { get; init; } = new();

    public IngestSettings Ingest { get; init; } = new();

    public GateSettings Gates { get; init; } = new();

    public ClockSettings Clock { get; init; } = new();

    public RetentionSettings Retention { get; init; } = new();
}

/// <summary>One configured camera.</summary>
public sealed record CameraSettings
{
    /// <summary>Letters, digits, <c>-</c> and <c>_</c>; part of file names.</summary>
    public required string Id { get; init; }
    public required string Source { get; init; }
    public string? Name { get; init; }
    public string? Position { get; init; }

    /// <summary>False: the audio of the source is neither kept nor recorded.</summary>
    public bool Audio { get; init; } = true;
}

/// <summary>How segments are written.</summary>
public sealed record RecordingSettings
{
    public TimeSpan Rotation { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Rotates at multiples of <see cref="Rotation"/> since midnight UTC.</summary>
    public bool AlignToClock { get; init; }
    public TimeSpan Fragment { get; init; } = TimeSpan.FromMilliseconds(500);
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromSeconds(2);
    public long AllocationStep { get; init; } = 64L << 20;

    /// <summary>Time zone of the timecode track, as an offset that is asked for at each start; UTC when null.</summary>
    public TimeZoneInfo? TimecodeZone { get; init; }

    /// <summary>How long a node may have been away and still resume its session by itself.</summary>
    public TimeSpan ResumeWithin { get; init; } = TimeSpan.FromHours(12);

    /// <summary>How long a start waits for a camera's answer.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long a stop waits for a camera to close its file.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>The GOP logs.</summary>
public sealed record LogSettings
{
    public TimeSpan PreRoll { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of one camera's log.</summary>
    public long CameraBytes { get; init; } = 400L << 20;

    /// <summary>Bytes of all logs of the node.</summary>
    public long NodeBytes { get; init; } = 8L << 30;

    /// <summary>Fractions of the limit at which pressure begins and ends.</summary>
    public double HighWatermark { get; init; } = 0.8;
    public double LowWatermark { get; init; } = 0.6;
}

/// <summary>How a source is watched and tried again.</summary>
public sealed record IngestSettings
{
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(2);
    public TimeSpan RetryMin { get; init; } = TimeSpan.FromSeconds(1);
    public TimeSpan RetryMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Part of the delay by which each retry may differ, so that many cameras do not come back at once.</summary>
    public double RetryJitter { get; init; } = 0.2;

    /// <summary>Failures in a row, without a picture in between, that open the breaker.</summary>
    public int BreakerFailures { get; init; } = 5;

    /// <summary>Between two attempts while the breaker is open.</summary>
    public TimeSpan BreakerReset { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>Limits of the gates. A block level of null only warns.</summary>
public sealed record GateSettings
{
    public double DiskWarnPercent { get; init; } = 15;
    public double DiskBlockPercent { get; init; } = 10;
    public double TemperatureWarn { get; init; } = 75;
    public double TemperatureBlock { get; init; } = 85;
    public double BatteryWarnPercent { get; init; } = 20;
    public double BatteryBlockPercent { get; init; } = 10;
    public double ClockWarnMs { get; init; } = 2;
    public double? ClockBlockMs { get; init; } = 5;

    /// <summary>How often the machine is looked at.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>The rig that this node is part of. Fixed while the node runs.</summary>
public sealed record ClusterSettings
{
    public string RigId { get; init; } = "rig";

    /// <summary><c>etcd</c> or <c>embedded</c>, as the status shows it.</summary>
    public string Engine { get; init; } = "embedded";

    /// <summary>There is no rig beside this node.</summary>
    public bool IsAlone => Engine == "embedded";

    /// <summary>How long a node may take to say whether its cameras may record.</summary>
    public TimeSpan PrepareTimeout { get; init; } = TimeSpan.FromSeconds(1.5);
}

/// <summary>How the node's clock is watched.</summary>
public sealed record ClockSettings
{
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>chronyd's command socket or host; null for chronyc's own defaults.</summary>
    public string? Chronyd { get; init; }
}

/// <summary>What happens to confirmed copies. Unconfirmed footage is never deleted.</summary>
public sealed record RetentionSettings
{
    public bool DeleteAfterConfirm { get; init; }
}
