using Rig.Actors;
using Rig.Cluster;
using Rig.Contracts.Cluster;
using Rig.Contracts.Events;

namespace Rig.Node.Events;

/// <summary>
/// Follows the events of the other nodes while somebody here listens, and brings them in once each, in their node's order; what is lost for good is said.
/// Any thread.
/// </summary>
internal sealed class EventFollowing(EventHub hub, RigSystem rig, TimeProvider time) : BackgroundService
{
    /// <summary>A third of <see cref="EventSharing.Lease"/>: two lost requests are no gap.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Peer> _peers = new(StringComparer.Ordinal);
    private readonly EventSharing _sharing = new(hub, rig.Rig.Remote, time);
    private DateTimeOffset _asked;

    public int Followers => _sharing.Followers;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using IDisposable handler = rig.Rig.Remote.Handle(EventSharing.Path, (from, _) => Hear(from));
        hub.Listened += Begin;
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
            hub.Listened -= Begin;
            _sharing.Stop();
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
            string[] others = [.. rig.Rig.Members.Current.Where(IsThere).Select(member => member.Member.NodeId)];
            foreach (string gone in _peers.Keys.Except(rig.Rig.Members.Current.Select(member => member.Member.NodeId)).ToArray())
            {
                _peers.Remove(gone);
            }

            foreach (string nodeId in others)
            {
                if (!_peers.TryGetValue(nodeId, out Peer? peer))
                {
                    _peers[nodeId] = peer = new Peer();
                }

                // Until the first answer and after a loss the place is said; otherwise the request only holds on.
                Tell(nodeId, peer, again: peer.Epoch is null || peer.Lost);
            }
        }
    }

    private bool IsThere(MemberView member) =>
        member.Member.NodeId != rig.Rig.Self.NodeId && member is { State: MemberState.Up, Reachable: true };

    private void Tell(string nodeId, Peer peer, bool again) =>
        rig.Rig.Remote.Tell(nodeId, EventSharing.Path, new FollowEvents(again, peer.Epoch, peer.Last));

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
            if (!_peers.TryGetValue(nodeId, out Peer? peer))
            {
                return;
            }

            if (news.Missed is { } missed)
            {
                hub.Rig.Publish(new EventsMissed(missed > 0 ? missed : null) { Time = time.GetUtcNow(), Node = nodeId });
                (peer.Epoch, peer.Last) = (news.Epoch, news.After);
            }
            else if (peer.Epoch != news.Epoch)
            {
                (peer.Epoch, peer.Last) = (news.Epoch, news.After);
            }

            if (news.After > peer.Last)
            {
                if (!peer.Lost)
                {
                    peer.Lost = true;
                    Tell(nodeId, peer, again: true);
                }

                return;
            }

            peer.Lost = false;
            foreach (EventLine line in news.Events.Skip((int)Math.Min(int.MaxValue, peer.Last - news.After)))
            {
                hub.Rig.Publish(nodeId, line.Topic, line.Json);
                peer.Last++;
            }
        }
    }

    /// <summary>How far a node's events have come in.</summary>
    private sealed class Peer
    {
        /// <summary>Of the node's run; null before the first answer.</summary>
        public Guid? Epoch { get; set; }

        /// <summary>The node's own number of the last event that came in.</summary>
        public long Last { get; set; }

        /// <summary>A batch went missing; asked again.</summary>
        public bool Lost { get; set; }
    }
}
