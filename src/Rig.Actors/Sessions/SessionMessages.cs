using Akka.Actor;
using Rig.Actors.Settings;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Sessions;

/// <summary>What the session works with.</summary>
public sealed record SessionSetup(string NodeId, LiveSettings Settings, IActorRef Cameras, IActorRef Health, TimeProvider Time);

/// <summary>Answers with <see cref="CurrentSession"/>.</summary>
public sealed record GetSession
{
    public static readonly GetSession Instance = new();
}

/// <summary>The session that runs; null when none does.</summary>
public sealed record CurrentSession(SessionStatus? Session);

/// <summary>One camera more for the running session, from now on.</summary>
public sealed record JoinSession(string Camera);

/// <summary>One camera ends; the last one ends the session.</summary>
public sealed record LeaveSession(string Camera);
