using Rig.Cluster;
using Rig.Contracts.Cluster;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

/// <summary>Something that the coordinator wants done. In the order given; none waits for another.</summary>
public abstract record CoordinatorEffect;

/// <summary>List all below <see cref="SharedKeys.Sessions"/>; ends in <see cref="DocumentsRead"/> or <see cref="DocumentsNotRead"/>.</summary>
public sealed record ReadDocuments : CoordinatorEffect;

/// <summary>
/// Ask the session of a node (this one too); ends in <see cref="NodeAnswered"/> or <see cref="NodeSilent"/> after <paramref name="Timeout"/> at the latest.
/// </summary>
public sealed record AskNode(long Ask, string Node, RemoteMessage Message, TimeSpan Timeout) : CoordinatorEffect;

/// <summary>Write a document (null deletes it); ends in <see cref="WriteEnded"/> or <see cref="WriteUnknown"/>. One write is under way at a time.</summary>
public sealed record WriteDocument(long Write, string Key, DesiredSession? Document, WriteGuard Guard) : CoordinatorEffect;

/// <summary>Answer a command: <see cref="OutcomeAnswer"/>, <see cref="MarkAnswer"/>, <see cref="Done"/> or <see cref="ProblemAnswer"/>.</summary>
public sealed record AnswerAsker(long Asker, RemoteMessage Answer) : CoordinatorEffect;

/// <summary>Give <see cref="Woke"/> at this instant. Replaces the one before.</summary>
public sealed record WakeAt(DateTimeOffset At) : CoordinatorEffect;

/// <summary>This node does not lead any more: drop the machine and resign. Every open asker has been answered.</summary>
public sealed record StepDown(string Reason) : CoordinatorEffect;
