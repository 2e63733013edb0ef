using Akka.Actor;
using Akka.TestKit.Internal;
using Xunit;

namespace Akka.TestKit;

/// <summary>Expecting the next message, or none.</summary>
public abstract partial class TestKitBase
{
    /// <summary>The next message, of a type.</summary>
    public T ExpectMsg<T>(TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Block(ExpectMsgAsync<T>(duration, hint, cancellationToken));

    /// <summary>The next message, equal to this.</summary>
    public T ExpectMsg<T>(T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Block(ExpectMsgAsync(message, timeout, hint, cancellationToken));

    /// <summary>The next message, for which this holds.</summary>
    public T ExpectMsg<T>(
        Predicate<T> isMessage,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default
    ) => Block(ExpectMsgAsync(isMessage, timeout, hint, cancellationToken));

    /// <summary>The next message, of which this asserts something.</summary>
    public T ExpectMsg<T>(Action<T> assert, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Block(ExpectMsgAsync(assert, timeout, hint, cancellationToken));

    /// <summary>The next message, for which and for whose sender this holds.</summary>
    public T ExpectMsg<T>(
        Func<T, IActorRef, bool> isMessageAndSender,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default
    ) =>
        Block(
            ExpectAsync<T>(
                timeout,
                (message, sender) => Assert.True(isMessageAndSender(message, sender), Describe(hint, message)),
                hint,
                cancellationToken
            )
        );

    /// <summary>The next message, of which and of whose sender this asserts something.</summary>
    public T ExpectMsg<T>(
        Action<T, IActorRef> assertMessageAndSender,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default
    ) => Block(ExpectAsync(timeout, assertMessageAndSender, hint, cancellationToken));

    /// <summary>The next message, of a type.</summary>
    public ValueTask<T> ExpectMsgAsync<T>(TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(duration, static (_, _) => { }, hint, cancellationToken);

    /// <summary>The next message, equal to this.</summary>
    public ValueTask<T> ExpectMsgAsync<T>(
        T message,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default
    ) => ExpectAsync<T>(timeout, (got, _) => Assert.Equal(message, got), hint, cancellationToken);

    /// <summary>The next message, for which this holds.</summary>
    public ValueTask<T> ExpectMsgAsync<T>(
        Predicate<T> isMessage,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default
    ) => ExpectAsync<T>(timeout, (message, _) => Assert.True(isMessage(message), Describe(hint, message)), hint, cancellationToken);

    /// <summary>The next message, of which this asserts something.</summary>
    public ValueTask<T> ExpectMsgAsync<T>(
        Action<T> assert,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default
    ) => ExpectAsync<T>(timeout, (message, _) => assert(message), hint, cancellationToken);

    /// <summary>The next message, of a type and from this sender.</summary>
    public T ExpectMsgFrom<T>(
        IActorRef sender,
        TimeSpan? duration = null,
        string? hint = null,
        CancellationToken cancellationToken = default
    ) => Block(ExpectAsync<T>(duration, (_, from) => Assert.Equal(sender, from), hint, cancellationToken));

    /// <summary>The next message, equal to this and from this sender.</summary>
    public T ExpectMsgFrom<T>(
        IActorRef sender,
        T message,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default
    ) =>
        Block(
            ExpectAsync<T>(
                timeout,
                (got, from) =>
                {
                    Assert.Equal(message, got);
                    Assert.Equal(sender, from);
                },
                hint,
                cancellationToken
            )
        );

    /// <summary>The next messages, equal to these in any order.</summary>
    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var left = messages.ToList();
        foreach (var got in ReceiveN(messages.Count, cancellationToken))
        {
            Assert.True(got is T typed && left.Remove(typed), $"unexpected {got}");
        }
        return messages;
    }

    /// <summary>The next message, equal to one of these.</summary>
    public T ExpectMsgAnyOf<T>(IEnumerable<T> messages, CancellationToken cancellationToken = default) =>
        Block(ExpectAsync<T>(null, (got, _) => Assert.Contains(got, messages), null, cancellationToken));

    /// <summary>The end of an actor that is watched.</summary>
    public Terminated ExpectTerminated(
        IActorRef target,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default
    ) => Block(ExpectTerminatedAsync(target, timeout, hint, cancellationToken));

    /// <summary>The end of an actor that is watched.</summary>
    public ValueTask<Terminated> ExpectTerminatedAsync(
        IActorRef target,
        TimeSpan? timeout = null,
        string? hint = null,
        CancellationToken cancellationToken = default
    ) => ExpectAsync<Terminated>(timeout, (terminated, _) => Assert.Equal(target, terminated.ActorRef), hint, cancellationToken);

    /// <summary>No message for a while.</summary>
    public void ExpectNoMsg(CancellationToken cancellationToken = default) =>
        ExpectNoMsg(TestKitSettings.ExpectNoMessageDefault, cancellationToken);

    /// <summary>No message for this long; for zero, none that is there already.</summary>
    public void ExpectNoMsg(TimeSpan duration, CancellationToken cancellationToken = default) =>
        ExpectNoMsgAsync(duration, cancellationToken).AsTask().GetAwaiter().GetResult();

    /// <summary>No message for this many milliseconds.</summary>
    public void ExpectNoMsg(int milliseconds, CancellationToken cancellationToken = default) =>
        ExpectNoMsg(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);

    /// <summary>No message for a while.</summary>
    public ValueTask ExpectNoMsgAsync(CancellationToken cancellationToken = default) =>
        ExpectNoMsgAsync(TestKitSettings.ExpectNoMessageDefault, cancellationToken);

    /// <summary>No message for this long; for zero, none that is there already.</summary>
    public async ValueTask ExpectNoMsgAsync(TimeSpan duration, CancellationToken cancellationToken = default)
    {
        var got = await TakeAsync(Dilated(duration), cancellationToken).ConfigureAwait(false);
        Assert.True(got is null, $"Expected no messages during {duration}, instead received {got?.Message} from {got?.Sender}");
    }

    private static T Block<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    private static string Describe(string? hint, object? message) => $"unexpected message {message}{(hint is null ? "" : $", {hint}")}";

    private async ValueTask<T> ExpectAsync<T>(
        TimeSpan? timeout,
        Action<T, IActorRef> assert,
        string? hint,
        CancellationToken cancellationToken
    )
    {
        var wait = RemainingOrDilated(timeout);
        var got = await TakeAsync(wait, cancellationToken).ConfigureAwait(false);
        Assert.True(
            got is not null,
            $"Timeout ({wait}) while waiting for a message of type {typeof(T)}{(hint is null ? "" : $", {hint}")}"
        );
        Assert.True(
            got.Message is T,
            $"Expected a message of type {typeof(T)}, got {got.Message} ({got.Message.GetType()}) from {got.Sender}{(hint is null ? "" : $", {hint}")}"
        );
        assert((T)got.Message, got.Sender);
        return (T)got.Message;
    }
}
