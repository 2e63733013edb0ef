using Rig.Contracts.Cluster;

namespace Rig.Cluster.Membership;

/// <summary>News about members, in the order of the engine's revisions.</summary>
public abstract record MemberChange
{
    /// <summary>It announced itself, for the first time or anew.</summary>
    public sealed record Present(Member Member) : MemberChange;

    /// <summary>Everybody who is announced now: who is not among them is gone.</summary>
    public sealed record Listed(IReadOnlyList<Member> Members) : MemberChange;

    /// <summary>This incarnation said goodbye.</summary>
    public sealed record Farewell(string NodeId, Guid Incarnation) : MemberChange;

    /// <summary>Its announcement is gone; without a farewell it has failed.</summary>
    public sealed record Gone(string NodeId) : MemberChange;

    /// <summary>This node can (not) send to it. May come before the member is known.</summary>
    public sealed record Reach(string NodeId, bool Reachable) : MemberChange;
}
