using Rig.Actors.Coordination;
using Rig.Actors.Sessions;
using Rig.Cluster;
using Rig.Contracts.Cluster;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Cluster;

/// <summary>All that one node knows of the rig, about to be completed by what the others say of themselves.</summary>
/// <param name="Heard">The newest status of each node that was heard before.</param>
/// <param name="Sessions">The documents of the shared state, as last seen.</param>
internal sealed record RigPicture(
    string RigId,
    string NodeId,
    ClusterStatus Cluster,
    IReadOnlyList<MemberView> Members,
    IReadOnlyDictionary<string, NodeStatusAnswer> Heard,
    IReadOnlyList<DesiredSession> Sessions,
    double ClockLimitMs
)
{
    /// <summary>The remote path that answers for a node as a whole.</summary>
    public const string NodePath = "node";

    /// <summary>Asks every member that can be reached, all at once.</summary>
    /// <param name="heard">Told of each answer.</param>
    public async Task<RigStatus> AskAsync(IRemote remote, TimeSpan limit, Action<string, NodeStatusAnswer> heard, TimeProvider time)
    {
        (RigMember Member, CoordinatorState? State)[] all = await Task.WhenAll(Members.Select(AskOneAsync));
        RigMember[] members = [.. all.Select(each => each.Member)];
        CoordinatorState? state = all.FirstOrDefault(each => each.Member.View.Member.NodeId == Cluster.Coordinator).State;
        DesiredSession? running = Newest();
        DateTimeOffset now = time.GetUtcNow();
        return new RigStatus
        {
            RigId = RigId,
            AnsweredBy = NodeId,
            Time = now,
            Cluster = Cluster with { CoordinatorState = state },
            Members = members,
            Session =
                SessionViews.Running(running) ?? members.FirstOrDefault(member => member.View.Member.NodeId == NodeId)?.Status?.Session,
            Outcomes = running is null ? [] : [.. running.Cameras.Select(camera => camera.Outcome).OfType<CameraOutcome>()],
            Disagreements = Disagreements.Find(members, Sessions, ClockLimitMs, now),
        };

        async Task<(RigMember, CoordinatorState?)> AskOneAsync(MemberView view)
        {
            string node = view.Member.NodeId;
            NodeStatusAnswer? before = Heard.GetValueOrDefault(node);
            if (view.State != MemberState.Up)
            {
                return (new RigMember { View = view, Status = before?.Status }, null);
            }

            try
            {
                RemoteMessage answer = await remote.AskAsync(node, NodePath, new AskNodeStatus(), limit, CancellationToken.None);
                if (answer is NodeStatusAnswer status)
                {
                    heard(node, status);
                    return (new RigMember { View = view, Status = status.Status }, status.Coordinator);
                }

                return (
                    new RigMember
                    {
                        View = view,
                        Status = before?.Status,
                        Error = $"It answered with {answer.GetType().Name}.",
                    },
                    null
                );
            }
            catch (Exception silent) when (silent is UnreachableException or TimeoutException or RemoteFaultException)
            {
                return (
                    new RigMember
                    {
                        View = view,
                        Status = before?.Status,
                        Error = silent.Message,
                    },
                    null
                );
            }
        }
    }

    /// <summary>The newest session that is not over; one that records goes before one whose files a node still has to close.</summary>
    private DesiredSession? Newest() =>
        Sessions
            .Where(session => session.State != DesiredState.Finished)
            .OrderBy(session => session.State)
            .ThenByDescending(session => session.Start)
            .FirstOrDefault();
}
