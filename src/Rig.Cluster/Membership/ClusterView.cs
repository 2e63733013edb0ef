using Rig.Contracts.Cluster;

namespace Rig.Cluster.Membership;

/// <summary>
/// The members' side of the port, for every adapter: members, engine and leader as this node knows them, and whoever listens. Any thread.
/// </summary>
/// <param name="dispatch">Where listeners run; null for the thread pool.</param>
/// <param name="onError">Hears of listeners' exceptions.</param>
public sealed class ClusterView(Member self, TimeProvider time, Action<Exception> onError, Action<Action>? dispatch = null) : IMembership
{
    private readonly Lock _gate = new();
    private readonly MemberBook _book = new(self, time.GetUtcNow());
    private readonly Listeners<ClusterEvent> _listeners = new(dispatch, onError);
    private EngineChanged _engine = new(Reachable: false, "This node has not joined yet.");
    private LeaderChanged _leader = new(null, null);

    public IReadOnlyList<MemberView> Current
    {
        get
        {
            lock (_gate)
            {
                _book.Forget(time.GetUtcNow());
                return _book.Current;
            }
        }
    }

    public EngineChanged Engine
    {
        get
        {
            lock (_gate)
            {
                return _engine;
            }
        }
    }

    public LeaderChanged Leader
    {
        get
        {
            lock (_gate)
            {
                return _leader;
            }
        }
    }

    public IDisposable Subscribe(Action<ClusterEvent> listener) =>
        _listeners.Add(
            listener,
            () =>
            {
                lock (_gate)
                {
                    IEnumerable<ClusterEvent> members = _book.Current.Select(view => new MemberChanged(view));
                    return (ClusterEvent[])[.. members, _engine, .. _leader.NodeId is null ? (ClusterEvent[])[] : [_leader]];
                }
            }
        );

    public void Take(MemberChange change) => Change(() => _book.Take(time.GetUtcNow(), change));

    /// <summary>Told only when it changes; a new reason for the same state is not news.</summary>
    public void SetEngine(bool reachable, string? reason) =>
        Change(() =>
        {
            bool news = _engine.Reachable != reachable;
            _engine = news ? new EngineChanged(reachable, reachable ? null : reason) : _engine;
            return news ? [_engine] : [];
        });

    public void SetLeader(LeaderChanged leader) =>
        Change(() =>
        {
            bool news = _leader != leader;
            _leader = leader;
            return news ? [leader] : [];
        });

    private void Change(Func<IReadOnlyList<ClusterEvent>> change) =>
        _listeners.Tell(() =>
        {
            lock (_gate)
            {
                return change();
            }
        });
}
