using Rig.Contracts.Cluster;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

/// <summary>Something that a node's session learns.</summary>
public abstract record NodeInput;

/// <summary>The first input: what the journal holds, one newest copy a session, and the node's own cameras (ids without the node).</summary>
public sealed record NodeRecovered(IReadOnlyList<DesiredSession> Journal, IReadOnlyList<string> Cameras) : NodeInput;

/// <summary>The node's own cameras are others now.</summary>
public sealed record NodeCameras(IReadOnlyList<string> Cameras) : NodeInput;

/// <summary>A camera that had given up was started again and has forgotten its order; it is told again.</summary>
public sealed record CameraForgot(string Camera) : NodeInput;

/// <summary>The coordinator's <see cref="ApplySession"/>; answered once by <see cref="AnswerNodeAsker"/> with <see cref="AppliedSession"/>.</summary>
/// <param name="Asker">A handle of the actor's choice, never used twice.</param>
public sealed record ApplyAsked(long Asker, DesiredSession Session) : NodeInput;

/// <summary>The watched shared state showed a document. Deleted ones are not told: that is not a stop.</summary>
public sealed record DocumentSeen(DesiredSession Session) : NodeInput;

/// <summary>All documents of the shared state, read when it could be reached (again). What this node records and is not among them is reported.</summary>
public sealed record DocumentsSeen(IReadOnlyList<DesiredSession> Sessions) : NodeInput;

/// <summary>Whether wishes can be reported now: shared state and coordinator can be reached.</summary>
public sealed record RigReachable(bool Reachable) : NodeInput;

/// <summary>A <see cref="SendReport"/> was answered by <see cref="Done"/> (true) or not at all or by a problem.</summary>
public sealed record ReportEnded(string SessionId, bool Taken) : NodeInput;

/// <summary><see cref="StartSession.Local"/>: only this node's cameras. Answered by <see cref="OutcomeAnswer"/> or <see cref="ProblemAnswer"/>.</summary>
/// <param name="Gates">What the node itself says to <see cref="PrepareSession"/>.</param>
public sealed record LocalStart(long Asker, StartSession Request, PreparedNode Gates) : NodeInput;

/// <summary><see cref="StopSession.Local"/>. Answered by <see cref="OutcomeAnswer"/> or <see cref="ProblemAnswer"/>.</summary>
public sealed record LocalStop(long Asker, StopSession Request) : NodeInput;

/// <summary>A mark while the rig is away. Answered by <see cref="MarkAnswer"/> or <see cref="ProblemAnswer"/>.</summary>
public sealed record LocalMark(long Asker, AddMark Request) : NodeInput;

/// <summary>
/// What became of a <see cref="StartCamera"/> or <see cref="StopCamera"/>, also when the camera's time was up (<see cref="CameraResult.Timeout"/>).
/// </summary>
/// <param name="Order">That of the effect.</param>
public sealed record CameraDid(long Order, CameraOutcome Outcome) : NodeInput;

/// <summary>The instant of the newest <see cref="WakeNodeAt"/> came.</summary>
public sealed record NodeWoke : NodeInput;
