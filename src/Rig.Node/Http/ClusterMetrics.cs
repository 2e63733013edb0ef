using Rig.Actors.Cluster;
using Rig.Contracts.Cluster;

namespace Rig.Node.Http;

/// <summary>The rig as this node sees it, and its connections to the other nodes.</summary>
internal static class ClusterMetrics
{
    public static void Add(MetricsText text, string nodeId, ClusterNow rig, IReadOnlyList<LinkStatus> links)
    {
        text.Gauge("rig_cluster_reachable", "1 while the rig's shared state can be used.", rig.Status.Reachable ? 1 : 0);
        text.Gauge("rig_cluster_coordinator", "1 while this node coordinates the rig.", rig.Status.Coordinator == nodeId ? 1 : 0);
        foreach (MemberView member in rig.Members)
        {
            (string, string) id = ("member", member.Member.NodeId);
            text.Gauge("rig_cluster_member_up", "1 for members that are here.", member.State == MemberState.Up ? 1 : 0, id);
            text.Gauge("rig_cluster_member_reachable", "1 for members that this node can reach.", member.Reachable ? 1 : 0, id);
        }

        foreach (LinkStatus link in links)
        {
            (string, string) peer = ("peer", link.NodeId);
            text.Gauge("rig_link_up", "1 while frames come from the peer.", link.Up ? 1 : 0, peer);
            text.Gauge("rig_link_queued_bytes", "Bytes waiting to be sent to the peer.", link.QueuedBytes, peer);
            foreach ((string name, long count) in link.Counts)
            {
                text.Counter("rig_link_events_total", "What was counted of the connections to the peer.", count, peer, ("event", name));
            }
        }
    }
}
