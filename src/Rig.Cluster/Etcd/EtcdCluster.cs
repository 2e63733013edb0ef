using Rig.Cluster.Election;
using Rig.Cluster.Membership;
using Rig.Cluster.Remote;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Etcd;

/// <summary>The cluster of a rig on etcd: puts client, candidacy, presence, watch and links together.</summary>
public sealed class EtcdCluster : ICluster
{
    private readonly EtcdClusterOptions _options;
    private readonly EtcdClient _client;
    private readonly IPeerLinks _links;
    private readonly ClusterView _view;
    private readonly EtcdCandidate _candidate;
    private readonly EtcdPresence _presence;
    private readonly EtcdWatcher _watcher;
    private readonly EtcdEndpoints? _endpoints;
    private readonly IDisposable _reachability;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private int _disposed;
    private int _left;

    /// <param name="links">Belongs to the cluster from here on.</param>
    /// <param name="onError">Hears of exceptions of listeners.</param>
    public EtcdCluster(EtcdClusterOptions options, IPeerLinks links, TimeProvider time, Action<Exception> onError)
    {
        Member self = options.Self;
        RigKeys keys = new(options.RigId);
        TimeSpan third = options.Ttl / 3;
        (_options, _links) = (options, links);
        _client = new EtcdClient(options.Etcd, time);
        _view = new ClusterView(self, time, onError);
        _candidate = new EtcdCandidate(
            new CandidacyRequests(_client, keys, self.NodeId),
            _view,
            self.NodeId,
            new CandidacyTiming(options.Ttl),
            time,
            onError,
            lease => _presence!.LivesOn(lease)
        );
        _presence = new EtcdPresence(_client, keys, _view, self, third, time, lost => _candidate.Post(new CandidacyInput.LeaseLost(lost)));
        _watcher = new EtcdWatcher(_client, keys, _view, _candidate.Post, SetPeers, third, time);
        _endpoints = options.EndpointsChanged is { } changed ? new EtcdEndpoints(_client, time, changed) : null;
        _reachability = links.Watch(news => _view.Take(new MemberChange.Reach(news.NodeId, news.Reachable)));
        State = new EtcdState(_client, keys);
    }

    public Member Self => _presence.Self;

    public IMembership Members => _view;

    public ILeadership Leadership => _candidate.Leadership;

    public ISharedState State { get; }

    public IRemote Remote => _links;

    /// <summary>Returns when this node has joined, or knows that etcd is away and joins when it comes back.</summary>
    public Task StartAsync(CancellationToken cancel)
    {
        _candidate.Start();
        _running = Task.WhenAll(
            _presence.RunAsync(_stop.Token),
            _watcher.RunAsync(_stop.Token),
            _endpoints?.RunAsync(_stop.Token) ?? Task.CompletedTask
        );
        return _presence.FirstLook.WaitAsync(cancel);
    }

    public void Announce(IReadOnlyList<string> cameras)
    {
        _presence.Announce(cameras);
        _view.Take(new MemberChange.Present(_presence.Self));
    }

    public async Task LeaveAsync(CancellationToken cancel)
    {
        if (Interlocked.Exchange(ref _left, 1) != 0)
        {
            return;
        }

        try
        {
            await _candidate.Leadership.ResignAsync(cancel);
        }
        catch (Exception failed) when (IsEnginesFault(failed))
        {
            // It runs out with the lease.
        }

        await StopAsync();
        try
        {
            await _presence.SayGoodbyeAsync(_options.FarewellTtl, cancel);
            await _candidate.WithdrawAsync(cancel);
        }
        catch (Exception failed) when (IsEnginesFault(failed))
        {
            // The others will see that the lease ran out: failed instead of left.
        }

        await _links.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _reachability.Dispose();
        await StopAsync();
        await _candidate.DisposeAsync();
        await _links.DisposeAsync();
        _client.Dispose();
    }

    private static bool IsEnginesFault(Exception failed) => failed is ClusterAwayException or EtcdException or OperationCanceledException;

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    /// <summary>Whoever failed may still be there behind a cut from etcd; whoever left is not.</summary>
    private void SetPeers()
    {
        Dictionary<string, Uri> peers = new(StringComparer.Ordinal);
        foreach (MemberView view in _view.Current.Where(view => view.State != MemberState.Left))
        {
            if (Uri.TryCreate(view.Member.LinkAddress, UriKind.Absolute, out Uri? address))
            {
                peers[view.Member.NodeId] = address;
            }
        }

        _links.SetPeers(peers);
    }
}
