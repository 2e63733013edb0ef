using Rig.Cluster.Election;
using Rig.Cluster.Membership;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Embedded;

/// <summary>
/// The cluster of one node alone: it is the only member and always leads, its shared state is its own memory, and messages to itself are plain calls. Everything
/// above the port works the same way as in a rig of many.
/// </summary>
public sealed class EmbeddedCluster : ICluster
{
    private static readonly FencingToken Token = new(1);

    private readonly ClusterView _view;
    private readonly LeadershipView _leadership;
    private readonly EmbeddedState _state = new();
    private readonly EmbeddedRemote _remote;
    private Member _self;

    /// <param name="onError">Hears of exceptions of listeners.</param>
    public EmbeddedCluster(Member self, TimeProvider time, Action<Exception> onError)
    {
        _self = self;
        _view = new ClusterView(self, time, onError);
        _leadership = new LeadershipView(_view, _ => Task.CompletedTask, onError);
        _remote = new EmbeddedRemote(self.NodeId);
    }

    public Member Self => Volatile.Read(ref _self);

    public IMembership Members => _view;

    public ILeadership Leadership => _leadership;

    public ISharedState State => _state;

    public IRemote Remote => _remote;

    public Task StartAsync(CancellationToken cancel)
    {
        _view.SetEngine(reachable: true, null);
        _view.SetLeader(new LeaderChanged(Self.NodeId, Token));
        _leadership.StepUp(Token);
        return Task.CompletedTask;
    }

    public void Announce(IReadOnlyList<string> cameras)
    {
        Member announced = Self with { Cameras = cameras };
        Volatile.Write(ref _self, announced);
        _view.Take(new MemberChange.Present(announced));
    }

    /// <summary>There is nobody to say goodbye to; the node goes on.</summary>
    public Task LeaveAsync(CancellationToken cancel) => Task.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _leadership.StepDown("The node ends.");
        _state.Dispose();
        return ValueTask.CompletedTask;
    }
}
