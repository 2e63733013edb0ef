using Akka.Actor;
using Akka.TestKit.Internal;
using Xunit;

namespace Akka.TestKit;

/// <summary>Taking messages: one, some, as long as they fit.</summary>
public abstract partial class TestKitBase
{
    private Func<object, bool>? _ignore;

    /// <summary>Skips the messages for which this holds.</summary>
    public void IgnoreMessages(Func<object, bool> shouldIgnoreMessage) => _ignore = shouldIgnoreMessage;

    /// <summary>Skips the messages of a type.</summary>
    public void IgnoreMessages<T>() => IgnoreMessages(static message => message is T);

    /// <summary>Skips no messages any more.</summary>
    public void IgnoreNoMessages() => _ignore = null;

    /// <returns>The next message, null when none comes in time.</returns>
    public object? ReceiveOne(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        ReceiveOneAsync(max, cancellationToken).AsTask().GetAwaiter().GetResult();

    /// <returns>The next message, null when none comes in time.</returns>
    public async ValueTask<object?> ReceiveOneAsync(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        (await TakeAsync(RemainingOrDilated(max), cancellationToken).ConfigureAwait(false))?.Message;

    /// <summary>The next messages, so many.</summary>
    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, CancellationToken cancellationToken = default) =>
        ReceiveN(numberOfMessages, RemainingOrDefault, cancellationToken);

    /// <summary>The next messages, so many, in this time.</summary>
    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default)
    {
        var deadline = Now + Dilated(max);
        var messages = new List<object>(numberOfMessages);
        while (messages.Count < numberOfMessages)
        {
            var message = TakeUntil(deadline, cancellationToken);
            Assert.True(message is not null, $"Timeout ({max}) while expecting {numberOfMessages} messages. Only got {messages.Count}.");
            messages.Add(message.Message);
        }
        return messages;
    }

    /// <summary>Takes messages while the filter gives something other than null; the first that it refuses is left.</summary>
    public IReadOnlyList<T> ReceiveWhile<T>(
        TimeSpan? max,
        Func<object, T?> filter,
        int msgs = int.MaxValue,
        CancellationToken cancellationToken = default
    )
        where T : class => ReceiveWhile(filter, max, null, msgs, false, cancellationToken);

    /// <summary>Takes messages while the filter gives something other than null and none is longer in coming than <paramref name="idle"/>.</summary>
    public IReadOnlyList<T> ReceiveWhile<T>(
        Func<object, T?> filter,
        TimeSpan? max = null,
        TimeSpan? idle = null,
        int msgs = int.MaxValue,
        bool shouldIgnoreOtherMessageTypes = false,
        CancellationToken cancellationToken = default
    )
        where T : class
    {
        ArgumentNullException.ThrowIfNull(filter);
        var deadline = Now + RemainingOrDilated(max);
        var taken = new List<T>();
        while (taken.Count < msgs)
        {
            var wait = Min(idle ?? Timeout.InfiniteTimeSpan, deadline - Now);
            if (wait <= TimeSpan.Zero || !WaitForMessage(wait, cancellationToken, out var next))
            {
                break;
            }
            if (filter(next.Message) is { } accepted)
            {
                taken.Add(accepted);
            }
            else if (!shouldIgnoreOtherMessageTypes)
            {
                break;
            }
            Take(next);
        }
        return taken;
    }

    /// <summary>Takes messages of a type while this holds for them.</summary>
    public IReadOnlyList<T> ReceiveWhile<T>(
        Predicate<T> shouldContinue,
        TimeSpan? max = null,
        TimeSpan? idle = null,
        int msgs = int.MaxValue,
        bool shouldIgnoreOtherMessageTypes = true,
        CancellationToken cancellationToken = default
    )
        where T : class
    {
        ArgumentNullException.ThrowIfNull(shouldContinue);
        return ReceiveWhile(
            message => message is T typed && shouldContinue(typed) ? typed : null,
            max,
            idle,
            msgs,
            shouldIgnoreOtherMessageTypes,
            cancellationToken
        );
    }

    /// <summary>Takes messages until one fits, which it gives.</summary>
    public object FishForMessage(
        Predicate<object> isMessage,
        TimeSpan? max = null,
        string hint = "",
        CancellationToken cancellationToken = default
    ) => FishForMessage<object>(isMessage, max, hint, cancellationToken);

    /// <summary>Takes messages until one of a type fits, which it gives.</summary>
    public T FishForMessage<T>(
        Predicate<T> isMessage,
        TimeSpan? max = null,
        string hint = "",
        CancellationToken cancellationToken = default
    ) => FishForMessageAsync(isMessage, max, hint, cancellationToken).AsTask().GetAwaiter().GetResult();

    /// <summary>Takes messages until one fits, which it gives.</summary>
    public ValueTask<object> FishForMessageAsync(
        Predicate<object> isMessage,
        TimeSpan? max = null,
        string hint = "",
        CancellationToken cancellationToken = default
    ) => FishForMessageAsync<object>(isMessage, max, hint, cancellationToken);

    /// <summary>Takes messages until one of a type fits, which it gives.</summary>
    public async ValueTask<T> FishForMessageAsync<T>(
        Predicate<T> isMessage,
        TimeSpan? max = null,
        string hint = "",
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(isMessage);
        var wait = RemainingOrDilated(max);
        var deadline = Now + wait;
        while (true)
        {
            var left = deadline - Now;
            var next = left > TimeSpan.Zero ? await TakeAsync(left, cancellationToken).ConfigureAwait(false) : null;
            Assert.True(next is not null, $"Timeout ({wait}) during FishForMessage, hint: {hint}");
            if (next.Message is T typed && isMessage(typed))
            {
                return typed;
            }
        }
    }

    private Received? TakeUntil(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var left = deadline - Now;
        return TakeAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken).AsTask().GetAwaiter().GetResult();
    }

    private bool WaitForMessage(TimeSpan wait, CancellationToken cancellationToken, out Received next)
    {
        var found = PeekAsync(wait, cancellationToken).AsTask().GetAwaiter().GetResult();
        next = found!;
        return found is not null;
    }

    /// <summary>The next message that is not ignored, taken; null when none comes in time.</summary>
    private async ValueTask<Received?> TakeAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        var next = await PeekAsync(wait, cancellationToken).ConfigureAwait(false);
        if (next is null)
        {
            (LastMessage, LastSender) = (null, ActorRefs.Nobody);
            return null;
        }
        Take(next);
        return next;
    }

    private void Take(Received next)
    {
        _received.Reader.TryRead(out _);
        (LastMessage, LastSender) = (next.Message, next.Sender);
    }

    private async ValueTask<Received?> PeekAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var timed = false;
        while (true)
        {
            if (_received.Reader.TryPeek(out var next))
            {
                if (_ignore?.Invoke(next.Message) != true)
                {
                    return next;
                }
                _received.Reader.TryRead(out _);
                continue;
            }
            if (wait == TimeSpan.Zero)
            {
                return null;
            }
            if (!timed)
            {
                timed = true;
                late.CancelAfter(wait);
            }
            try
            {
                await _received.Reader.WaitToReadAsync(late.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }
    }
}
