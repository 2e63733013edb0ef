using Rig.Cluster;
using Rig.Contracts.Cluster;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

/// <summary>Something that the coordinator learns. The actor around the machine makes these from messages, answers of the cluster and timers.</summary>
public abstract record CoordinatorInput;

/// <summary>The first input: this node leads.</summary>
public sealed record BecameLeader(FencingToken Token, IReadOnlyList<MemberView> Members) : CoordinatorInput;

/// <summary>A session document with the revision of its entry in the shared state.</summary>
public sealed record SharedDocument(DesiredSession Session, long Revision);

/// <summary>Answers <see cref="ReadDocuments"/>: every document below <see cref="SharedKeys.Sessions"/>.</summary>
public sealed record DocumentsRead(IReadOnlyList<SharedDocument> Documents) : CoordinatorInput;

/// <summary>Answers <see cref="ReadDocuments"/>: the shared state is away.</summary>
public sealed record DocumentsNotRead(string Reason) : CoordinatorInput;

/// <summary>
/// The watch showed a document. Its own writes and what it knows already change nothing; anything else makes it read all again.
/// </summary>
public sealed record DocumentChanged(SharedDocument Document) : CoordinatorInput;

/// <summary>
/// A <see cref="StartCommand"/>, <see cref="StopCommand"/>, <see cref="MarkCommand"/>, <see cref="JoinCommand"/>, <see cref="LeaveCommand"/> or
/// <see cref="ReportWishes"/>. Answered exactly once by <see cref="AnswerAsker"/> with the same handle, unless the machine is dropped before.
/// </summary>
/// <param name="Asker">A handle of the actor's choice, never used twice.</param>
/// <param name="From">The node that sent it; cameras named without a node are its own.</param>
public sealed record Asked(long Asker, string From, RemoteMessage Command) : CoordinatorInput;

/// <summary>An <see cref="AskNode"/> was answered.</summary>
public sealed record NodeAnswered(long Ask, RemoteMessage Answer) : CoordinatorInput;

/// <summary>An <see cref="AskNode"/> was not answered.</summary>
/// <param name="Unreachable">No connection; false: no answer in time, or a fault on the other side.</param>
public sealed record NodeSilent(long Ask, bool Unreachable, string Reason) : CoordinatorInput;

/// <summary>A <see cref="WriteDocument"/> has a result.</summary>
public sealed record WriteEnded(long Write, WriteResult Result) : CoordinatorInput;

/// <summary>The shared state went away during a <see cref="WriteDocument"/>; it may or may not have happened.</summary>
public sealed record WriteUnknown(long Write, string Reason) : CoordinatorInput;

/// <summary>Who is here now; given at every change.</summary>
public sealed record MembersNow(IReadOnlyList<MemberView> Members) : CoordinatorInput;

/// <summary>The instant of the newest <see cref="WakeAt"/> came.</summary>
public sealed record Woke : CoordinatorInput;

/// <summary>The cluster says that this node does not lead any more. Every open asker is told to try again; nothing is done after.</summary>
public sealed record LeadershipEnded(string Reason) : CoordinatorInput;
