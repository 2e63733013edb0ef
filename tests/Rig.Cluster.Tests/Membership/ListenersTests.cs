using Rig.Cluster.Membership;

namespace Rig.Cluster.Tests.Membership;

public sealed class ListenersTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly List<Exception> _errors = [];

    [Fact]
    public async Task Everybody_hears_the_present_first_and_then_everything_in_order()
    {
        Listeners<int> listeners = new(null, _errors.Add);
        List<int> present = [];
        List<Heard> all = [];
        for (int number = 0; number < 1_000; number++)
        {
            int next = number;
            listeners.Tell(() =>
            {
                present.Add(next);
                return [next];
            });
            if (number % 100 == 50)
            {
                Heard heard = new(until: 999);
                all.Add(heard);
                listeners.Add(heard.Hear, () => present.ToArray());
            }
        }

        foreach (Heard heard in all)
        {
            await heard.Done.WaitAsync(Limit);
            Assert.Equal(Enumerable.Range(0, 1_000), heard.All);
        }
    }

    [Fact]
    public async Task A_slow_listener_and_one_that_throws_hold_up_nobody()
    {
        Listeners<int> listeners = new(null, _errors.Add);
        using ManualResetEventSlim hold = new();
        Heard good = new(until: 9);
        Heard slow = new(until: 9);
        listeners.Add(
            next =>
            {
                hold.Wait(Limit);
                slow.Hear(next);
            },
            () => []
        );
        listeners.Add(_ => throw new InvalidOperationException("A listener's own fault."), () => []);
        listeners.Add(good.Hear, () => []);

        for (int number = 0; number < 10; number++)
        {
            int next = number;
            listeners.Tell(() => [next]);
        }

        await good.Done.WaitAsync(Limit);
        Assert.Empty(slow.All);
        hold.Set();
        await slow.Done.WaitAsync(Limit);
        Assert.Equal(Enumerable.Range(0, 10), slow.All);
    }

    [Fact]
    public void Errors_are_told_and_the_listener_hears_on()
    {
        Listeners<int> listeners = new(run => run(), _errors.Add);
        listeners.Add(next => throw new InvalidOperationException($"{next}"), () => [1]);
        listeners.Tell(() => [2]);
        Assert.Equal(["1", "2"], _errors.Select(error => error.Message));
    }

    [Fact]
    public void Who_has_stopped_listening_hears_nothing_more()
    {
        Queue<Action> later = new();
        Listeners<int> listeners = new(later.Enqueue, _errors.Add);
        List<int> heard = [];
        IDisposable listening = listeners.Add(heard.Add, () => []);
        listeners.Tell(() => [1]);
        listening.Dispose();
        listeners.Tell(() => [2]);
        while (later.TryDequeue(out Action? run))
        {
            run();
        }

        Assert.Empty(heard);
    }

    private sealed class Heard(int until)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<int> All { get; } = [];
        public Task Done => _done.Task;

        public void Hear(int next)
        {
            All.Add(next);
            if (next == until)
            {
                _done.TrySetResult();
            }
        }
    }
}
