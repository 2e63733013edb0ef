using Rig.Cluster.Election;
using Rig.Cluster.Membership;

namespace Rig.Cluster.Etcd;

/// <summary>Does what <see cref="Candidacy"/> decides: leases, the coordinator's key, and time.</summary>
internal sealed class EtcdCandidate : IAsyncDisposable
{
    private readonly CandidacyRequests _requests;
    private readonly ClusterView _view;
    private readonly TimeProvider _time;
    private readonly Candidacy _machine;
    private readonly CandidacyTiming _timing;
    private readonly Action<long?> _leaseChanged;
    private readonly CancellationTokenSource _stop = new();
    private readonly SerialLoop _loop = new();
    private readonly ITimer _timer;
    private readonly long _epoch;
    private volatile bool _running;
    private long? _lease;

    /// <param name="leaseChanged">The node lives on another lease now, or on none. On no caller's thread.</param>
    public EtcdCandidate(
        CandidacyRequests requests,
        ClusterView view,
        string nodeId,
        CandidacyTiming timing,
        TimeProvider time,
        Action<Exception> onError,
        Action<long?> leaseChanged
    )
    {
        (_requests, _view, _timing, _time, _leaseChanged) = (requests, view, timing, time, leaseChanged);
        _machine = new Candidacy(nodeId, timing);
        _epoch = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Post(new CandidacyInput.Tick()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Leadership = new LeadershipView(view, ResignAsync, onError);
    }

    public LeadershipView Leadership { get; }

    public void Start()
    {
        _running = true;
        Post(new CandidacyInput.Tick());
    }

    public void Post(CandidacyInput input) => _loop.Post(() => Step(input));

    /// <summary>Stands no more; what was held is given back when this ends, or is left to run out.</summary>
    public async Task WithdrawAsync(CancellationToken cancel)
    {
        List<Task> last = [];
        await _loop.PostAsync(() => last.AddRange(Step(new CandidacyInput.Withdraw()))).WaitAsync(cancel);
        await Task.WhenAll(last).WaitAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _running = false;
        await _timer.DisposeAsync();
        await _stop.CancelAsync();
        await _loop.DisposeAsync();
    }

    private async Task ResignAsync(CancellationToken cancel)
    {
        if (Leadership.Token is not { } token)
        {
            return;
        }

        await _loop.PostAsync(() => Step(new CandidacyInput.Resign())).WaitAsync(cancel);
        // The machine releases by itself, now or later; who resigns wants to know that it is done.
        await _requests.ReleaseAsync(token, cancel);
        Post(new CandidacyInput.Released(token));
    }

    private List<Task> Step(CandidacyInput input)
    {
        List<Task> begun = [];
        if (!_running)
        {
            return begun;
        }

        TimeSpan now = _time.GetElapsedTime(_epoch);
        begun.AddRange(_machine.Step(now, input).Select(Do));

        if (_machine.Lease != _lease)
        {
            _lease = _machine.Lease;
            _leaseChanged(_lease);
        }

        Arm(_machine.Due);
        return begun;
    }

    private Task Do(CandidacyEffect effect)
    {
        switch (effect)
        {
            case CandidacyEffect.StepUp up:
                Leadership.StepUp(up.Token);
                return Task.CompletedTask;
            case CandidacyEffect.StepDown down:
                Leadership.StepDown(down.Reason);
                return Task.CompletedTask;
            case CandidacyEffect.LeaderIs known:
                _view.SetLeader(known.Leader);
                return Task.CompletedTask;
            default:
                return RequestAsync(effect);
        }
    }

    private async Task RequestAsync(CandidacyEffect request)
    {
        using CancellationTokenSource patience = new(_timing.Patience, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stop.Token);
        if (await _requests.SendAsync(request, either.Token) is { } answer)
        {
            Post(answer);
        }
    }

    private void Arm(TimeSpan due)
    {
        if (due == TimeSpan.MaxValue)
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        TimeSpan wait = due - _time.GetElapsedTime(_epoch);
        TimeSpan least = TimeSpan.FromMilliseconds(1);
        _timer.Change(wait > least ? wait : least, Timeout.InfiniteTimeSpan);
    }
}
