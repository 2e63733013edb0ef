using System.Text.Json.Serialization;
using Rig.Contracts.Cameras;
using Rig.Contracts.Cluster;
using Rig.Contracts.Nodes;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;

namespace Rig.Contracts.Events;

/// <summary>
/// Everything noteworthy, published once on the node's event stream; server-sent events, notifications and the log subscribe there.
/// The topic is the discriminator on the wire.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "topic", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(CameraConnected), CameraConnected.TopicName)]
[JsonDerivedType(typeof(CameraDisconnected), CameraDisconnected.TopicName)]
[JsonDerivedType(typeof(CameraStateChanged), CameraStateChanged.TopicName)]
[JsonDerivedType(typeof(CameraFormatChanged), CameraFormatChanged.TopicName)]
[JsonDerivedType(typeof(RecordingStarted), RecordingStarted.TopicName)]
[JsonDerivedType(typeof(RecordingStopped), RecordingStopped.TopicName)]
[JsonDerivedType(typeof(RecordingProgress), RecordingProgress.TopicName)]
[JsonDerivedType(typeof(RecordingError), RecordingError.TopicName)]
[JsonDerivedType(typeof(RecordingGap), RecordingGap.TopicName)]
[JsonDerivedType(typeof(SegmentClosed), SegmentClosed.TopicName)]
[JsonDerivedType(typeof(SegmentRepaired), SegmentRepaired.TopicName)]
[JsonDerivedType(typeof(SessionChanged), SessionChanged.TopicName)]
[JsonDerivedType(typeof(MarkAdded), MarkAdded.TopicName)]
[JsonDerivedType(typeof(SnapshotTaken), SnapshotTaken.TopicName)]
[JsonDerivedType(typeof(LockViewAdded), LockViewAdded.TopicName)]
[JsonDerivedType(typeof(AlarmRaised), AlarmRaised.TopicName)]
[JsonDerivedType(typeof(AlarmCleared), AlarmCleared.TopicName)]
[JsonDerivedType(typeof(HealthChanged), HealthChanged.TopicName)]
[JsonDerivedType(typeof(ClockChanged), ClockChanged.TopicName)]
[JsonDerivedType(typeof(ClockStepped), ClockStepped.TopicName)]
[JsonDerivedType(typeof(ConfigurationApplied), ConfigurationApplied.TopicName)]
[JsonDerivedType(typeof(ClusterMemberChanged), ClusterMemberChanged.TopicName)]
[JsonDerivedType(typeof(ClusterLeaderChanged), ClusterLeaderChanged.TopicName)]
[JsonDerivedType(typeof(ClusterEngineChanged), ClusterEngineChanged.TopicName)]
[JsonDerivedType(typeof(EventsMissed), EventsMissed.TopicName)]
public abstract record RigEvent
{
    public required DateTimeOffset Time { get; init; }
    public required string Node { get; init; }

    [JsonIgnore]
    public string Topic => Name;

    private protected abstract string Name { get; }
}

/// <summary>The source of a camera delivers.</summary>
public sealed record CameraConnected(string Camera) : RigEvent
{
    public const string TopicName = "camera.connected";
    private protected override string Name => TopicName;
}

public sealed record CameraDisconnected(string Camera, string Reason) : RigEvent
{
    public const string TopicName = "camera.disconnected";
    private protected override string Name => TopicName;
}

public sealed record CameraStateChanged(string Camera, IngestState From, IngestState To, string? Reason = null) : RigEvent
{
    public const string TopicName = "camera.state";
    private protected override string Name => TopicName;
}

public sealed record CameraFormatChanged(string Camera, string Format) : RigEvent
{
    public const string TopicName = "camera.format";
    private protected override string Name => TopicName;
}

public sealed record RecordingStarted(string Camera, string SessionId, DateTimeOffset Start, double LateMs) : RigEvent
{
    public const string TopicName = "recording.start";
    private protected override string Name => TopicName;
}

public sealed record RecordingStopped(string Camera, string SessionId, long Frames, long Bytes, int Segments) : RigEvent
{
    public const string TopicName = "recording.stop";
    private protected override string Name => TopicName;
}

/// <summary>About once a second a camera while it records.</summary>
public sealed record RecordingProgress(string Camera, string SessionId, long Frames, long DurableBytes, double SecondsSinceDurable)
    : RigEvent
{
    public const string TopicName = "recording.progress";
    private protected override string Name => TopicName;
}

public sealed record RecordingError(string Camera, string SessionId, string Error, string Remedy) : RigEvent
{
    public const string TopicName = "recording.error";
    private protected override string Name => TopicName;
}

public sealed record RecordingGap(string Camera, string SessionId, SegmentGap Gap) : RigEvent
{
    public const string TopicName = "recording.gap";
    private protected override string Name => TopicName;
}

public sealed record SegmentClosed(string Camera, string SessionId, Segment Segment) : RigEvent
{
    public const string TopicName = "recording.segment";
    private protected override string Name => TopicName;
}

public sealed record SegmentRepaired(string SessionId, string File, string Result) : RigEvent
{
    public const string TopicName = "recording.repaired";
    private protected override string Name => TopicName;
}

public sealed record SessionChanged(SessionStatus Session) : RigEvent
{
    public const string TopicName = "session.state";
    private protected override string Name => TopicName;
}

public sealed record MarkAdded(string SessionId, Mark Mark) : RigEvent
{
    public const string TopicName = "mark.added";
    private protected override string Name => TopicName;
}

/// <summary>Somebody took a picture of a camera. Pages that only show one (<c>GET /snapshot</c>) are not told of.</summary>
public sealed record SnapshotTaken(SnapshotInfo Snapshot) : RigEvent
{
    public const string TopicName = "snapshot.taken";
    private protected override string Name => TopicName;
}

/// <summary>A lock view was taken of this node's cameras.</summary>
public sealed record LockViewAdded(DateTimeOffset At, IReadOnlyList<SnapshotOutcome> Cameras) : RigEvent
{
    public const string TopicName = "lockview.taken";
    private protected override string Name => TopicName;
}

/// <summary>Something needs a person. <paramref name="Alarm"/> is stable and names the matter (<c>disk.space</c>, <c>camera.cam0.signal</c>).</summary>
public sealed record AlarmRaised(
    string Alarm,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Camera,
    GateLevel Level,
    string Text,
    string Remedy
) : RigEvent
{
    public const string TopicName = "alarm.raised";
    private protected override string Name => TopicName;
}

public sealed record AlarmCleared(string Alarm, string? Camera = null) : RigEvent
{
    public const string TopicName = "alarm.cleared";
    private protected override string Name => TopicName;
}

public sealed record HealthChanged(IReadOnlyList<GateReading> Gates) : RigEvent
{
    public const string TopicName = "system.health";
    private protected override string Name => TopicName;
}

/// <summary>The clock's source, role, reference or confidence is another one, or its offset moved by a millisecond.</summary>
public sealed record ClockChanged(ClockStatus Clock) : RigEvent
{
    public const string TopicName = "clock.changed";
    private protected override string Name => TopicName;
}

/// <summary>Somebody set the system's clock. <paramref name="Held"/>: something records, so that the node's own time goes on without the step until that has ended.</summary>
/// <param name="StepMs">Positive when it was put forward.</param>
public sealed record ClockStepped(double StepMs, bool Held) : RigEvent
{
    public const string TopicName = "clock.stepped";
    private protected override string Name => TopicName;
}

public sealed record ConfigurationApplied(IReadOnlyList<string> Keys, IReadOnlyList<string> Restarts) : RigEvent
{
    public const string TopicName = "config.changed";
    private protected override string Name => TopicName;
}

/// <summary>A member came, went, came back, or can(not) be reached from this node.</summary>
public sealed record ClusterMemberChanged(string Member, MemberState State, bool Reachable) : RigEvent
{
    public const string TopicName = "cluster.member";
    private protected override string Name => TopicName;
}

/// <summary>Another node coordinates now; null while none does.</summary>
public sealed record ClusterLeaderChanged([property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Leader, long? Token = null)
    : RigEvent
{
    public const string TopicName = "cluster.leader";
    private protected override string Name => TopicName;
}

/// <summary>The rig's shared state can (not) be used from this node now.</summary>
public sealed record ClusterEngineChanged(bool Reachable, string? Reason = null) : RigEvent
{
    public const string TopicName = "cluster.engine";
    private protected override string Name => TopicName;
}

/// <summary>Events before this one are gone for good: read the state anew.</summary>
/// <param name="Count">Null when nobody knows how many.</param>
public sealed record EventsMissed(long? Count = null) : RigEvent
{
    public const string TopicName = "events.missed";
    private protected override string Name => TopicName;
}
