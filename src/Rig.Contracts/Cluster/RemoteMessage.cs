// Everything that may travel from node to node. A message that is not here cannot be sent and is not read.
using System.Text.Json.Serialization;
using Rig.Contracts.Cameras;
using Rig.Contracts.Json;
using Rig.Contracts.Nodes;
using Rig.Contracts.Operations;
using Rig.Contracts.Problems;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;

namespace Rig.Contracts.Cluster;

/// <summary>A message between nodes. The discriminator on the wire is a name of this closed list, never a type's.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(StartCommand), "start")]
[JsonDerivedType(typeof(StopCommand), "stop")]
[JsonDerivedType(typeof(MarkCommand), "mark")]
[JsonDerivedType(typeof(JoinCommand), "join")]
[JsonDerivedType(typeof(LeaveCommand), "leave")]
[JsonDerivedType(typeof(ReportWishes), "report")]
[JsonDerivedType(typeof(OutcomeAnswer), "outcome")]
[JsonDerivedType(typeof(MarkAnswer), "marked")]
[JsonDerivedType(typeof(ProblemAnswer), "problem")]
[JsonDerivedType(typeof(Done), "done")]
[JsonDerivedType(typeof(PrepareSession), "prepare")]
[JsonDerivedType(typeof(PreparedNode), "prepared")]
[JsonDerivedType(typeof(ApplySession), "apply")]
[JsonDerivedType(typeof(AppliedSession), "applied")]
[JsonDerivedType(typeof(AskNodeStatus), "ask_status")]
[JsonDerivedType(typeof(NodeStatusAnswer), "status")]
[JsonDerivedType(typeof(AskHierarchy), "ask_hierarchy")]
[JsonDerivedType(typeof(HierarchyAnswer), "hierarchy")]
[JsonDerivedType(typeof(AskLog), "ask_log")]
[JsonDerivedType(typeof(LogAnswer), "log")]
[JsonDerivedType(typeof(AskTime), "ask_time")]
[JsonDerivedType(typeof(TimeAnswer), "time")]
[JsonDerivedType(typeof(AskCamera), "ask_camera")]
[JsonDerivedType(typeof(CameraAnswer), "camera")]
[JsonDerivedType(typeof(LeaveCluster), "leave_cluster")]
[JsonDerivedType(typeof(AskSnapshots), "ask_snapshots")]
[JsonDerivedType(typeof(SnapshotsAnswer), "snapshots")]
[JsonDerivedType(typeof(AskPlayback), "ask_playback")]
[JsonDerivedType(typeof(PlaybackAnswer), "playback")]
[JsonDerivedType(typeof(FollowEvents), "follow_events")]
[JsonDerivedType(typeof(EventNews), "events")]
public abstract record RemoteMessage;

// To the coordinator, from whichever node the operator pressed on. Answered by an OutcomeAnswer, MarkAnswer or ProblemAnswer.

public sealed record StartCommand(StartSession Request) : RemoteMessage;

public sealed record StopCommand(StopSession Request) : RemoteMessage;

public sealed record MarkCommand(AddMark Request) : RemoteMessage;

/// <summary>One camera more for the running session. <paramref name="Camera"/> with its node.</summary>
/// <param name="At">The press: where it begins. The same camera at the same instant again changes nothing.</param>
public sealed record JoinCommand(string Camera, DateTimeOffset? At = null) : RemoteMessage;

/// <summary>One camera ends; the last one ends the session.</summary>
/// <param name="At">The press: where it ends. The same camera at the same instant again changes nothing.</param>
public sealed record LeaveCommand(string Camera, DateTimeOffset? At = null) : RemoteMessage;

/// <summary>
/// From a node to the coordinator when they see each other (again): what this node records by its own journal, with wishes that its operator made while
/// the rig was away. Answered by <see cref="Done"/>; what follows from it comes as <see cref="ApplySession"/>.
/// </summary>
public sealed record ReportWishes(string NodeId, IReadOnlyList<string> Cameras, DesiredSession? Session = null) : RemoteMessage;

public sealed record OutcomeAnswer(SessionOutcome Outcome) : RemoteMessage;

public sealed record MarkAnswer(Mark Mark) : RemoteMessage;

public sealed record ProblemAnswer(Problem Problem) : RemoteMessage;

public sealed record Done : RemoteMessage;

// From the coordinator to a node's session.

/// <summary>May these cameras record? Nothing is started. Answered by <see cref="PreparedNode"/>.</summary>
/// <param name="Cameras">Ids without the node; null for all.</param>
/// <param name="Start">T0.</param>
/// <param name="DurationMinutes">Planned length, for the disk gate; null when open.</param>
public sealed record PrepareSession(
    string SessionId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] IReadOnlyList<string>? Cameras,
    DateTimeOffset Start,
    double? DurationMinutes = null
) : RemoteMessage;

/// <param name="ClockOffsetMs">The node's clock minus the rig's; null when unknown.</param>
public sealed record PreparedNode(
    string NodeId,
    IReadOnlyList<PreparedCamera> Cameras,
    double? ClockOffsetMs = null,
    double? ClockUncertaintyMs = null,
    bool SessionExists = false
) : RemoteMessage;

/// <param name="Camera">Without the node.</param>
/// <param name="Known">False when the node has no such camera.</param>
/// <param name="Blocking">The gates that refuse; empty when it is ready.</param>
/// <param name="Oldest">The oldest instant in its log; null when the log is empty.</param>
public sealed record PreparedCamera(string Camera, bool Known, IReadOnlyList<GateReading> Blocking, DateTimeOffset? Oldest = null);

/// <summary>
/// The session as it is wanted now. The node makes itself match it: starts, joins, marks or stops. The same revision again changes nothing and is answered alike.
/// Answered by <see cref="AppliedSession"/> when every camera has answered or its time is up.
/// </summary>
public sealed record ApplySession(DesiredSession Session) : RemoteMessage;

/// <param name="Outcomes">Of this node's cameras in the session; ids with the node.</param>
/// <param name="Own">The node's own wish when a later local one stands against the session; null otherwise.</param>
public sealed record AppliedSession(string NodeId, IReadOnlyList<CameraOutcome> Outcomes, DesiredSession? Own = null) : RemoteMessage;

// Node to node.

public sealed record AskNodeStatus : RemoteMessage;

/// <param name="Coordinator">What the coordinator on that node is doing; null when it has none.</param>
public sealed record NodeStatusAnswer(NodeStatus Status, CoordinatorState? Coordinator = null) : RemoteMessage;

public sealed record AskHierarchy : RemoteMessage;

public sealed record HierarchyAnswer(ActorNode Root) : RemoteMessage;

/// <param name="After">Entries after this number; null for the newest ones.</param>
public sealed record AskLog(int Limit, string? Level = null, long? After = null) : RemoteMessage;

public sealed record LogAnswer(LogPage Page) : RemoteMessage;

/// <summary>First of the four time stamps: when the asker sent it.</summary>
public sealed record AskTime(DateTimeOffset Sent) : RemoteMessage;

/// <param name="Received">When it arrived.</param>
/// <param name="Answered">When the answer was sent.</param>
public sealed record TimeAnswer(DateTimeOffset Sent, DateTimeOffset Received, DateTimeOffset Answered) : RemoteMessage;

/// <summary>Pauses or resumes a camera of the node. Answered by <see cref="CameraAnswer"/> or <see cref="ProblemAnswer"/>.</summary>
/// <param name="Camera">Without the node.</param>
public sealed record AskCamera(string Camera, CameraAction Action) : RemoteMessage;

public sealed record CameraAnswer(CameraStatus Status) : RemoteMessage;

[JsonConverter(typeof(SnakeCaseEnumConverter<CameraAction>))]
public enum CameraAction
{
    Pause,
    Resume,
}

/// <summary>Tell me your events for the next seconds. Not answered; <see cref="EventNews"/> follow.</summary>
/// <param name="Again">From the place that is named; otherwise as before, if you tell me already.</param>
/// <param name="Epoch">Of the run that <paramref name="After"/> is a number of; null: from now on.</param>
/// <param name="After">The last event that came in.</param>
public sealed record FollowEvents(bool Again, Guid? Epoch = null, long After = 0) : RemoteMessage;

/// <summary>Events of the sending node, one after another.</summary>
/// <param name="Epoch">New with each start of the node.</param>
/// <param name="After">The number before the first one.</param>
/// <param name="Missed">Set when events before these are gone for good: how many, 0 when nobody knows.</param>
public sealed record EventNews(Guid Epoch, long After, IReadOnlyList<EventLine> Events, long? Missed = null) : RemoteMessage;

/// <param name="Json">As clients get it; a node need not know the topic to pass it on.</param>
public sealed record EventLine(string Topic, string Json);

/// <summary>An operator tells the node to leave the cluster (<c>rig cluster leave</c>, <c>down</c>).</summary>
public sealed record LeaveCluster : RemoteMessage;

/// <summary>Pictures of the node's cameras at one instant. Answered by <see cref="SnapshotsAnswer"/>; the pictures themselves are fetched by their addresses.</summary>
/// <param name="Request">Cameras without the node.</param>
/// <param name="LockView">Whether they are kept with the running session, in the manifests, instead of in the snapshots folder.</param>
public sealed record AskSnapshots(TakeSnapshots Request, bool LockView = false, bool Tone = false) : RemoteMessage;

public sealed record SnapshotsAnswer(IReadOnlyList<SnapshotOutcome> Cameras, string? SessionId = null) : RemoteMessage;

/// <summary>What the node has recorded in a session. Answered by <see cref="PlaybackAnswer"/>.</summary>
public sealed record AskPlayback(string SessionId) : RemoteMessage;

/// <param name="Cameras">Empty when the node has no part in the session.</param>
public sealed record PlaybackAnswer(IReadOnlyList<PlaybackCamera> Cameras) : RemoteMessage;
