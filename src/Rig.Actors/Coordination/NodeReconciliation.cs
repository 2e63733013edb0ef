using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

/// <summary>
/// What a node must do so that its cameras match what is wanted of them. It follows every session that it heard of; for each camera the latest wish holds,
/// whoever made it. Absence of the rig, of the coordinator or of a document is not a wish. Pure but for its own memory.
/// </summary>
public sealed partial class NodeReconciliation(string nodeId, CoordinationSettings settings)
{
    private readonly CoordinationSettings _settings = settings;

    public string NodeId { get; } = nodeId;

    /// <summary>Newest copies of the sessions that it follows, newest wish first: what a snapshot of the journal holds.</summary>
    public IReadOnlyList<DesiredSession> Sessions => [];

    /// <summary>The session that this node's cameras record in now or are about to; null when nothing is wanted of them.</summary>
    public DesiredSession? Current => null;

    public IReadOnlyList<NodeEffect> Handle(NodeInput input, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(input);
        _ = _settings;
        return [];
    }
}
