using Rig.Cluster.Election;
using Rig.Cluster.Membership;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.TestKit;

/// <summary>
/// One node of an <see cref="InMemoryRig"/>: <see cref="Candidacy"/> and <see cref="MemberBook"/> as in every adapter, with the simulated store and network around them.
/// </summary>
public sealed partial class InMemoryNode : ICluster
{
    private readonly InMemoryRig _rig;
    private readonly Candidacy _candidacy;
    private readonly ClusterView _view;
    private readonly LeadershipView _leadership;
    private readonly TaskCompletionSource _joined = new();
    private TaskCompletionSource? _resigning;
    private IDisposable? _tick;
    private bool _started;
    private bool _left;

    internal InMemoryNode(InMemoryRig rig, Member self, Action<Exception> onError)
    {
        _rig = rig;
        Self = self;
        _candidacy = new Candidacy(self.NodeId, rig.Timing);
        _view = new ClusterView(self, rig.Time, onError, Later);
        _leadership = new LeadershipView(_view, Resign, onError, Later);
        Engine = new InMemoryEngine(rig, self.NodeId, HearEngine);
        Links = new InMemoryLinks(rig, this, onError);
        State = new InMemoryState(Engine);
    }

    public Member Self { get; private set; }
    public IMembership Members => _view;
    public ILeadership Leadership => _leadership;
    public ISharedState State { get; }
    public IRemote Remote => Links;

    /// <summary>False once it was killed, has left or was disposed of.</summary>
    public bool IsAlive { get; private set; } = true;

    internal InMemoryEngine Engine { get; }
    internal InMemoryLinks Links { get; }

    public Task StartAsync(CancellationToken cancel)
    {
        lock (_rig.Time.Running)
        {
            if (!_started)
            {
                _started = true;
                Step(new CandidacyInput.Tick());
                ListMembers();
                Links.Beat();
            }
        }

        return _joined.Task.WaitAsync(cancel);
    }

    public void Announce(IReadOnlyList<string> cameras)
    {
        lock (_rig.Time.Running)
        {
            Self = Self with { Cameras = [.. cameras] };
            _view.Take(new MemberChange.Present(Self));
            PutAnnouncement();
        }
    }

    public Task LeaveAsync(CancellationToken cancel)
    {
        TaskCompletionSource left = new();
        CancellationTokenRegistration registration = default;
        registration = cancel.Register(Leave);
        lock (_rig.Time.Running)
        {
            IReadOnlyList<CandidacyEffect> last = Decide(new CandidacyInput.Withdraw());
            PutFarewell(() =>
            {
                Carry(last);
                Leave();
            });
        }

        return left.Task;

        void Leave()
        {
            lock (_rig.Time.Running)
            {
                registration.Dispose();
                _left = true;
                _view.Take(new MemberChange.Farewell(Self.NodeId, Self.Incarnation));
                _rig.Remove(this);
                left.TrySetResult();
            }
        }
    }

    /// <summary>Without <see cref="LeaveAsync"/> before, this is the node's sudden death.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_rig.Time.Running)
        {
            _rig.Remove(this);
        }

        return ValueTask.CompletedTask;
    }

    internal void End()
    {
        IsAlive = false;
        _tick?.Dispose();
        Engine.End();
        Links.Dispose();
        _joined.TrySetResult();
        _resigning?.TrySetResult();
    }

    internal void IfAlive(Action action)
    {
        if (IsAlive)
        {
            action();
        }
    }

    internal void Reached(string nodeId, bool reachable) => _view.Take(new MemberChange.Reach(nodeId, reachable));

    /// <summary>Listeners run in the node's own place: not in the middle of what caused the event, not while it is frozen, and never in a dead process.</summary>
    private void Later(Action action) =>
        _rig.Network.Local(
            Self.NodeId,
            TimeSpan.Zero,
            () =>
            {
                if (IsAlive || _left)
                {
                    action();
                }
            }
        );

    private void HearEngine(bool reachable, string? reason)
    {
        bool back = reachable && !_view.Engine.Reachable;
        _view.SetEngine(reachable, reason);
        if (back)
        {
            Engine.Poked();
        }
    }

    private Task Resign(CancellationToken cancel)
    {
        lock (_rig.Time.Running)
        {
            _resigning = new TaskCompletionSource();
            Task resigned = _resigning.Task.WaitAsync(cancel);
            Step(new CandidacyInput.Resign());
            return resigned;
        }
    }
}
