using System.Collections.Concurrent;
using System.Net.WebSockets;
using Rig.Cluster.Joining;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Remote;

/// <summary>
/// The messages between this node and its peers: one authenticated WebSocket per pair. The node with the smaller id (by ordinal comparison) calls, the other one
/// listens: so there is never a second connection to choose from, and both know whose task it is to come back. Messages to this node itself
/// pass through the same bytes, limits and rules, without a socket.
/// </summary>
public sealed class RemoteLinks : IPeerLinks
{
    /// <summary>Where a node's link listener answers.</summary>
    public const string Path = "/link";

    /// <summary>The WebSocket subprotocol: version 1 of the frames.</summary>
    public const string Protocol = "rig.link.1";

    private readonly ConcurrentDictionary<string, PeerLink> _peers = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly HandlerTable _handlers = new();
    private readonly LinkTally _others = new();
    private readonly ReachabilityBoard _board;
    private readonly LinkContext _context;
    private readonly ILinkDialer _dialer;
    private readonly LinkSession _self;
    private readonly LinkMeter _meter;
    private readonly ConcurrentDictionary<Task, bool> _accepted = new();
    private int _disposed;

    /// <param name="identity">Stays the caller's to dispose of, after this.</param>
    public RemoteLinks(NodeIdentity identity, LinkOptions options, TimeProvider time)
        : this(identity.NodeId, new PeerTrust(identity.Authority), trust => new LinkDialer(identity, trust, options, time), options, time)
    { }

    internal RemoteLinks(string nodeId, PeerTrust trust, Func<PeerTrust, ILinkDialer> dialer, LinkOptions options, TimeProvider time)
    {
        NodeId = nodeId;
        Trust = trust;
        _board = new ReachabilityBoard(time);
        _dialer = dialer(trust);
        _context = new LinkContext(options, time, _handlers, _stop.Token);
        _self = Loopback();
        _meter = new LinkMeter(Status);
    }

    public string NodeId { get; }

    /// <summary>The rule for certificates, for the listener too.</summary>
    public PeerTrust Trust { get; }

    /// <summary>Each peer, and what belongs to none under an empty id. For the API.</summary>
    public IReadOnlyList<LinkStatus> Status() =>
        [
            .. _peers.Values.Select(peer => peer.Status()).OrderBy(status => status.NodeId, StringComparer.Ordinal),
            new LinkStatus
            {
                NodeId = "",
                Up = false,
                Counts = _others.NotZero(),
            },
        ];

    /// <summary>The link addresses (<c>https://host:port</c>) of the rig's members as known now, this node or not. Links to others end.</summary>
    public void SetPeers(IReadOnlyDictionary<string, Uri> peers)
    {
        foreach ((string nodeId, Uri address) in peers)
        {
            if (nodeId != NodeId)
            {
                Peer(nodeId).SetAddress(address);
            }
        }

        foreach (PeerLink gone in _peers.Values.Where(peer => !peers.ContainsKey(peer.NodeId)))
        {
            gone.SetAddress(null);
        }
    }

    /// <summary>Who can be sent to, first as it is for every peer known, then every change; in order, one call at a time.</summary>
    public IDisposable Watch(Action<Reachability> listener) => _board.Watch(listener);

    /// <summary>
    /// Lives with a connection that the listener has authenticated, until it ends. A node that is not (yet) among the peers is welcome: membership may be
    /// slower than its call.
    /// </summary>
    public async Task AcceptAsync(WebSocket socket, string peerNodeId, CancellationToken cancel)
    {
        if (Calls(peerNodeId) || peerNodeId == NodeId)
        {
            Refused();
            using LinkConnection refused = new(peerNodeId, socket, _context, _others, _ => { });
            refused.End($"{NodeId} calls {peerNodeId}, not the other way round", WebSocketCloseStatus.PolicyViolation);
            await refused.RunAsync(cancel);
            return;
        }

        Task run = Peer(peerNodeId).RunAsync(socket, cancel);
        _accepted.TryAdd(run, true);
        await run;
        _accepted.TryRemove(run, out _);
    }

    /// <summary>The listener turned somebody away.</summary>
    public void Refused() => _others.Add(LinkCount.Refused);

    /// <summary>These certificates (serial numbers, hexadecimal) count no more. Links are made anew, so that a revoked node is out at once.</summary>
    public void Revoke(IReadOnlyCollection<string> serialNumbers)
    {
        if (Trust.Revoke(serialNumbers))
        {
            foreach (PeerLink peer in _peers.Values)
            {
                peer.Drop("certificates were revoked; nodes that still belong connect again");
            }
        }
    }

    public void Tell(string nodeId, string path, RemoteMessage message)
    {
        LinkTally tally = _peers.TryGetValue(nodeId, out PeerLink? peer) ? peer.Tally : _others;
        if (Session(nodeId) is not { } session)
        {
            tally.Add(LinkCount.DroppedUnreachable);
        }
        else if (TellFrame(path, message, tally) is { } frame)
        {
            session.Tell(frame);
        }
    }

    public void Broadcast(string path, RemoteMessage message)
    {
        if (TellFrame(path, message, _others) is not { } frame)
        {
            return;
        }

        foreach (PeerLink peer in _peers.Values.Where(peer => peer.IsPeer))
        {
            peer.Up?.Tell(frame);
        }
    }

    public Task<RemoteMessage> AskAsync(string nodeId, string path, RemoteMessage message, TimeSpan timeout, CancellationToken cancel) =>
        Session(nodeId) is { } session ? session.AskAsync(path, message, timeout, cancel)
        : _peers.TryGetValue(nodeId, out PeerLink? peer) ? Task.FromException<RemoteMessage>(peer.Unreachable())
        : Task.FromException<RemoteMessage>(new UnreachableException(nodeId, "no such node is known"));

    public IDisposable Handle(string path, Func<FromNode, CancellationToken, Task<RemoteMessage?>> handler) => _handlers.Add(path, handler);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync();
        _self.End("this node stops");
        await Task.WhenAll(_peers.Values.Select(peer => peer.DisposeAsync().AsTask()).Concat(_accepted.Keys));
        await _board.DisposeAsync();
        _meter.Dispose();
        _stop.Dispose();
    }

    private bool Calls(string peer) => string.CompareOrdinal(NodeId, peer) < 0;

    private LinkSession? Session(string nodeId) =>
        nodeId == NodeId ? _self
        : _peers.TryGetValue(nodeId, out PeerLink? peer) ? peer.Up
        : null;

    private PeerLink Peer(string nodeId) => _peers.GetOrAdd(nodeId, id => new PeerLink(id, _context, Calls(id) ? _dialer : null, _board));

    /// <summary>A session that is its own peer; it has numbered its asks itself, so the answers find them.</summary>
    private LinkSession Loopback()
    {
        LinkSession? self = null;
        self = new LinkSession(NodeId, _context, _others, Deliver);
        self.Receive(FrameCodec.Heartbeat);
        return self;

        bool Deliver(ReadOnlyMemory<byte> frame)
        {
            try
            {
                self!.Receive(frame);
                return true;
            }
            catch (FrameException error)
            {
                _others.Add(error.Count);
                return false;
            }
        }
    }

    private static ReadOnlyMemory<byte>? TellFrame(string path, RemoteMessage message, LinkTally tally)
    {
        try
        {
            return FrameCodec.Write(new LinkFrame(LinkFrameKind.Tell, Path: path, Message: message));
        }
        catch (FrameException error)
        {
            tally.Add(error.Count);
            return null;
        }
    }
}
