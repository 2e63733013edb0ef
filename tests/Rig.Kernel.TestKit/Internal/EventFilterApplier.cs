using Akka.Actor;
using Akka.Event;
using Xunit;

namespace Akka.TestKit.Internal;

/// <summary>Counts matching events with an actor of its own that listens while the test's action runs.</summary>
internal sealed class EventFilterApplier(TestKitBase testKit, Type eventType, Func<object, bool> matches) : IEventFilterApplier
{
    public void ExpectOne(Action action, CancellationToken cancellationToken = default) => Expect(1, action, cancellationToken);

    public void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken = default) =>
        Expect(1, timeout, action, cancellationToken);

    public void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default) =>
        Expect(expectedCount, testKit.TestKitSettings.TestEventFilterLeeway, action, cancellationToken);

    public void Expect(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default) =>
        RunAsync(
                expectedCount,
                timeout,
                () =>
                {
                    action();
                    return Task.FromResult(Done.Instance);
                },
                cancellationToken
            )
            .GetAwaiter()
            .GetResult();

    public T ExpectOne<T>(Func<T> func, CancellationToken cancellationToken = default) => Expect(1, func, cancellationToken);

    public T Expect<T>(int expectedCount, Func<T> func, CancellationToken cancellationToken = default) =>
        RunAsync(expectedCount, testKit.TestKitSettings.TestEventFilterLeeway, () => Task.FromResult(func()), cancellationToken)
            .GetAwaiter()
            .GetResult();

    public Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default) =>
        ExpectAsync(1, actionAsync, cancellationToken);

    public Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default) =>
        RunAsync(
            expectedCount,
            testKit.TestKitSettings.TestEventFilterLeeway,
            async () =>
            {
                await actionAsync();
                return Done.Instance;
            },
            cancellationToken
        );

    private async Task<T> RunAsync<T>(int expected, TimeSpan timeout, Func<Task<T>> action, CancellationToken cancellationToken)
    {
        var probe = testKit.CreateTestProbe();
        probe.IgnoreMessages(@event => !matches(@event));
        testKit.Sys.EventStream.Subscribe(probe.Ref, eventType);
        try
        {
            var result = await action();
            for (var count = 0; count < expected; count++)
            {
                var found = await probe.ReceiveOneAsync(timeout, cancellationToken);
                Assert.True(found is not null, $"Timeout ({timeout}) while waiting for {expected} events, got {count}");
            }
            await probe.ExpectNoMsgAsync(TimeSpan.Zero, cancellationToken);
            return result;
        }
        finally
        {
            testKit.Sys.EventStream.Unsubscribe(probe.Ref);
            testKit.Sys.Stop(probe.Ref);
        }
    }
}
