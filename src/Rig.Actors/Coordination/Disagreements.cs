using Rig.Contracts.Cluster;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

/// <summary>Where the nodes' states contradict each other or the wanted session. Pure.</summary>
public static class Disagreements
{
    /// <param name="members">Everyone known, with the newest status of those that answered.</param>
    /// <param name="sessions">The documents of the shared state.</param>
    /// <param name="clockLimitMs">Offsets beyond it are told.</param>
    /// <param name="now">A session is given time to begin and to end before nodes are said not to follow it.</param>
    public static IReadOnlyList<Disagreement> Find(
        IReadOnlyList<RigMember> members,
        IReadOnlyList<DesiredSession> sessions,
        double clockLimitMs,
        DateTimeOffset now
    )
    {
        ArgumentNullException.ThrowIfNull(members);
        ArgumentNullException.ThrowIfNull(sessions);
        return [];
    }
}
