using Rig.Cluster.Membership;

namespace Rig.Cluster.Election;

/// <summary>The leadership side of the port, for every adapter: who leads, and whoever stands. Any thread.</summary>
/// <param name="view">Knows the leader.</param>
/// <param name="resign">What giving up does; called only while this node leads.</param>
/// <param name="onError">Hears of listeners' exceptions.</param>
/// <param name="dispatch">Where listeners run; null for the thread pool.</param>
public sealed class LeadershipView(
    ClusterView view,
    Func<CancellationToken, Task> resign,
    Action<Exception> onError,
    Action<Action>? dispatch = null
) : ILeadership
{
    private readonly Listeners<LeadershipEvent> _listeners = new(dispatch, onError);
    private volatile LeadershipGained? _held;

    public LeaderChanged Current => view.Leader;

    /// <summary>Null while this node does not lead.</summary>
    public FencingToken? Token => _held?.Token;

    public IDisposable Stand(Action<LeadershipEvent> listener) =>
        _listeners.Add(listener, () => _held is { } held ? (LeadershipEvent[])[held] : []);

    public Task ResignAsync(CancellationToken cancel) => _held is null ? Task.CompletedTask : resign(cancel);

    public void StepUp(FencingToken token) => _listeners.Tell(() => (LeadershipEvent[])[_held = new LeadershipGained(token)]);

    /// <summary>Nothing when this node does not lead.</summary>
    public void StepDown(string reason) =>
        _listeners.Tell(() =>
        {
            LeadershipGained? held = _held;
            _held = null;
            return held is null ? (LeadershipEvent[])[] : [new LeadershipLost(held.Token, reason)];
        });
}
