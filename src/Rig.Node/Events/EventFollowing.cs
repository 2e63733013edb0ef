using Rig.Cluster;
using Rig.Contracts.Cluster;
using Rig.Contracts.Events;

namespace Rig.Node.Events;

/// <summary>
/// Follows the events of the other nodes while somebody here listens, and brings them in once each, in their node's order; what is lost for good is said.
/// Any thread.
/// </summary>
internal sealed class EventFollowing(EventHub hub, ICluster cluster, TimeProvider time) : BackgroundService
{
    /// <summary>A third of <see cref="EventSharing.Lease"/>: two lost requests are no gap.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, FollowedNode> _peers = new(StringComparer.Ordinal);
    private readonly EventSharing _sharing = new(hub, cluster.Remote, time);
    private DateTimeOffset _asked;

    public int Followers => _sharing.Followers;

    public override void Dispose()
    {
        _sharing.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using IDisposable handler = cluster.Remote.Handle(EventSharing.Path, (from, _) => Hear(from));
        hub.Listened = Begin;
        try
        {
            using PeriodicTimer timer = new(AskAgain, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (hub.Listeners > 0)
                {
                    Ask();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The node ends.
        }
        finally
        {
            hub.Listened = null;
            _sharing.Dispose();
        }
    }

    /// <summary>Whoever was here before wants what he missed; whoever is new does not want what is old.</summary>
    private void Begin(bool replay)
    {
        lock (_lock)
        {
            if (time.GetUtcNow() - _asked < AskAgain)
            {
                return;
            }

            if (!replay && time.GetUtcNow() - _asked > EventSharing.Lease)
            {
                _peers.Clear();
            }
        }

        Ask();
    }

    private void Ask()
    {
        lock (_lock)
        {
            _asked = time.GetUtcNow();
            string[] others = [.. cluster.Members.Current.Where(IsThere).Select(member => member.Member.NodeId)];
            foreach (string gone in _peers.Keys.Except(cluster.Members.Current.Select(member => member.Member.NodeId)).ToArray())
            {
                _peers.Remove(gone);
            }

            foreach (string nodeId in others)
            {
                if (!_peers.TryGetValue(nodeId, out FollowedNode? peer))
                {
                    _peers[nodeId] = peer = new FollowedNode();
                }

                // Until the first answer and after a loss the place is said; otherwise the request only holds on.
                Tell(nodeId, peer, again: peer.NeedsPlace);
            }
        }
    }

    private bool IsThere(MemberView member) =>
        member.Member.NodeId != cluster.Self.NodeId && member is { State: MemberState.Up, Reachable: true };

    private void Tell(string nodeId, FollowedNode peer, bool again) =>
        cluster.Remote.Tell(nodeId, EventSharing.Path, new FollowEvents(again, peer.Epoch, peer.Last));

    private Task<RemoteMessage?> Hear(FromNode from)
    {
        switch (from.Message)
        {
            case FollowEvents ask:
                _sharing.Follow(from.NodeId, ask);
                break;
            case EventNews news:
                Take(from.NodeId, news);
                break;
        }

        return Task.FromResult<RemoteMessage?>(null);
    }

    private void Take(string nodeId, EventNews news)
    {
        lock (_lock)
        {
            if (!_peers.TryGetValue(nodeId, out FollowedNode? peer))
            {
                return;
            }

            Taken taken = peer.Take(news);
            if (taken.AskAgain)
            {
                Tell(nodeId, peer, again: true);
            }

            if (taken.Missed is { } missed)
            {
                hub.Rig.Publish(new EventsMissed(missed > 0 ? missed : null) { Time = time.GetUtcNow(), Node = nodeId });
            }

            foreach (EventLine line in taken.Fresh)
            {
                hub.Rig.Publish(nodeId, line.Topic, line.Json);
            }
        }
    }
}
