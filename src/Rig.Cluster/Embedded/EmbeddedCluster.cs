using Rig.Cluster.Election;
using Rig.Cluster.Membership;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Embedded;

/// <summary>
/// A cluster of one: this node is its only member and leads from its start, with a token that grows at each. What it writes is durable in a file before it is acknowledged; a damaged
/// file is kept aside and an empty one begins.
/// </summary>
public sealed class EmbeddedCluster : ICluster
{
    private readonly EmbeddedOptions _options;
    private readonly ClusterView _view;
    private readonly LeadershipView _leadership;
    private readonly EmbeddedState _state;
    private readonly LoopbackRemote _remote;
    private readonly Lock _gate = new();
    private bool _started;
    private bool _ended;

    /// <exception cref="IOException">The file cannot be used; the message says what to do.</exception>
    public EmbeddedCluster(EmbeddedOptions options)
    {
        _options = options;
        Self = options.Self;
        (Microsoft.Data.Sqlite.SqliteConnection connection, DamagedFile) = EmbeddedFile.Open(options.File, options.Time);
        _view = new ClusterView(Self, options.Time, options.OnError);
        _leadership = new LeadershipView(_view, ResignAsync, options.OnError);
        _state = new EmbeddedState(
            new EmbeddedStore(connection, options.KeepChanges),
            options.File,
            () => _leadership.Token,
            _view.SetEngine
        );
        _remote = new LoopbackRemote(Self.NodeId, options.Time, options.OnError);
        _state.Start();
    }

    public Member Self { get; private set; }
    public IMembership Members => _view;
    public ILeadership Leadership => _leadership;
    public ISharedState State => _state;
    public IRemote Remote => _remote;

    /// <summary>Where a damaged file was kept aside when this cluster was opened; null when the file was sound. Worth a warning: the sessions in it are not known any more.</summary>
    public string? DamagedFile { get; }

    public async Task StartAsync(CancellationToken cancel)
    {
        if (_started)
        {
            return;
        }

        _started = true;
        _remote.Start();
        await LeadAsync(cancel);
    }

    public void Announce(IReadOnlyList<string> cameras)
    {
        lock (_gate)
        {
            Self = Self with { Cameras = [.. cameras] };
            _view.Take(new MemberChange.Present(Self));
        }
    }

    public async Task LeaveAsync(CancellationToken cancel)
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        StandDown("it leaves the cluster");
        _view.Take(new MemberChange.Farewell(Self.NodeId, Self.Incarnation));
        await _remote.DisposeAsync();
        await _state.DisposeAsync();
    }

    /// <summary>Leaves, if it has not left.</summary>
    public async ValueTask DisposeAsync() => await LeaveAsync(CancellationToken.None);

    /// <summary>Forgets all changes but the newest revision, as time would.</summary>
    internal Task CompactAsync() => _state.CompactAsync();

    private async Task LeadAsync(CancellationToken cancel)
    {
        FencingToken token = await _state.NextTokenAsync(_options.Time.GetUtcNow(), cancel);
        _leadership.StepUp(token);
        _view.SetLeader(new LeaderChanged(Self.NodeId, token));
    }

    /// <summary>Nobody else stands: it leads again, with the next token.</summary>
    private Task ResignAsync(CancellationToken cancel)
    {
        StandDown("it resigned");
        return LeadAsync(cancel);
    }

    private void StandDown(string reason)
    {
        _leadership.StepDown(reason);
        _view.SetLeader(new LeaderChanged(null, null));
    }
}
