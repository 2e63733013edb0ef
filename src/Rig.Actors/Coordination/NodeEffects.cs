using Rig.Contracts.Cluster;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

/// <summary>Something that a node's session wants done, in the order given. What follows a <see cref="JournalSession"/> waits until it is durable.</summary>
public abstract record NodeEffect;

/// <summary>Write this newest copy of a session to the journal.</summary>
public sealed record JournalSession(DesiredSession Session) : NodeEffect;

/// <summary>
/// Record. Ends in <see cref="CameraDid"/>. A camera that records in another session ends there first (a <see cref="StopCamera"/> went before).
/// </summary>
/// <param name="Camera">Without the node.</param>
/// <param name="Start">Where it begins: T0, or when it joined.</param>
/// <param name="Resumed">It goes on after this program had ended.</param>
public sealed record StartCamera(long Order, string Camera, DateTimeOffset Start, DesiredSession Session, bool Resumed) : NodeEffect;

/// <summary>End at <paramref name="End"/>, exclusive, which may lie a little ahead. Ends in <see cref="CameraDid"/>. Again with an earlier instant moves the end.</summary>
public sealed record StopCamera(long Order, string Camera, string SessionId, DateTimeOffset End) : NodeEffect;

/// <summary>A mark for this camera's manifest and file.</summary>
public sealed record MarkCamera(string Camera, string SessionId, Mark Mark) : NodeEffect;

public sealed record AnswerNodeAsker(long Asker, RemoteMessage Answer) : NodeEffect;

/// <summary>Send to the coordinator; ends in <see cref="ReportEnded"/>.</summary>
public sealed record SendReport(ReportWishes Report) : NodeEffect;

/// <summary>Give <see cref="NodeWoke"/> at this instant. Replaces the one before.</summary>
public sealed record WakeNodeAt(DateTimeOffset At) : NodeEffect;
