using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Internal;

namespace Akka.TestKit;

/// <summary>Expects log events and dead letters while something runs. All given conditions must hold; those not given are not asked.</summary>
public class EventFilterFactory
{
    private readonly TestKitBase _testKit;

    internal EventFilterFactory(TestKitBase testKit) => _testKit = testKit;

    /// <summary>Errors with an exception of a type.</summary>
    public IEventFilterApplier Exception<TException>(
        string? message = null,
        string? start = null,
        string? contains = null,
        string? source = null,
        bool checkInnerExceptions = false
    )
        where TException : Exception => Exception(typeof(TException), message, start, contains, source, checkInnerExceptions);

    /// <summary>Errors with an exception of a type.</summary>
    public IEventFilterApplier Exception(
        Type exceptionType,
        string? message = null,
        string? start = null,
        string? contains = null,
        string? source = null,
        bool checkInnerExceptions = false
    ) =>
        Filter<Error>(error =>
            Causes(error.Cause, checkInnerExceptions)
                .Any(cause =>
                    exceptionType.IsInstanceOfType(cause)
                    && (Matches(cause.Message, message, start, contains) || Matches(error.Message, message, start, contains))
                ) && (source is null || error.LogSource == source)
        );

    /// <summary>Errors with an exception of a type whose message matches.</summary>
    public IEventFilterApplier Exception<TException>(Regex pattern, string? source = null, bool checkInnerExceptions = false)
        where TException : Exception =>
        Filter<Error>(error =>
            Causes(error.Cause, checkInnerExceptions).Any(cause => cause is TException && pattern.IsMatch(cause.Message))
            && (source is null || error.LogSource == source)
        );

    /// <summary>Errors.</summary>
    public IEventFilterApplier Error(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Log<Error>(message, start, contains, source);

    /// <summary>Errors whose text matches.</summary>
    public IEventFilterApplier Error(Regex pattern, string? source = null) => Log<Error>(pattern, source);

    /// <summary>Warnings.</summary>
    public IEventFilterApplier Warning(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Log<Warning>(message, start, contains, source);

    /// <summary>Warnings whose text matches.</summary>
    public IEventFilterApplier Warning(Regex pattern, string? source = null) => Log<Warning>(pattern, source);

    /// <summary>Informational events.</summary>
    public IEventFilterApplier Info(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Log<Info>(message, start, contains, source);

    /// <summary>Informational events whose text matches.</summary>
    public IEventFilterApplier Info(Regex pattern, string? source = null) => Log<Info>(pattern, source);

    /// <summary>Debug events; there are some only at <c>akka.loglevel = DEBUG</c>.</summary>
    public IEventFilterApplier Debug(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Log<Debug>(message, start, contains, source);

    /// <summary>Debug events whose text matches.</summary>
    public IEventFilterApplier Debug(Regex pattern, string? source = null) => Log<Debug>(pattern, source);

    /// <summary>Log events for which this holds.</summary>
    public IEventFilterApplier Custom(Predicate<LogEvent> predicate) => Filter<LogEvent>(logEvent => predicate(logEvent));

    /// <summary>Dead letters.</summary>
    public IEventFilterApplier DeadLetter() => Filter<DeadLetter>(static _ => true);

    /// <summary>Dead letters of a type.</summary>
    public IEventFilterApplier DeadLetter<TMessage>() => Filter<DeadLetter>(static dead => dead.Message is TMessage);

    /// <summary>Dead letters of a type for which this holds.</summary>
    public IEventFilterApplier DeadLetter<TMessage>(Func<TMessage, bool> isMatch, string? source = null) =>
        Filter<DeadLetter>(dead =>
            dead.Message is TMessage message && isMatch(message) && (source is null || dead.Recipient.Path.ToString() == source)
        );

    private EventFilterApplier Log<TEvent>(string? message, string? start, string? contains, string? source)
        where TEvent : LogEvent =>
        Filter<TEvent>(logEvent => Matches(logEvent.Message, message, start, contains) && (source is null || logEvent.LogSource == source));

    private EventFilterApplier Log<TEvent>(Regex pattern, string? source)
        where TEvent : LogEvent =>
        Filter<TEvent>(logEvent => pattern.IsMatch(logEvent.Message.ToString() ?? "") && (source is null || logEvent.LogSource == source));

    private EventFilterApplier Filter<TEvent>(Func<TEvent, bool> matches) =>
        new(_testKit, typeof(TEvent), @event => @event is TEvent typed && matches(typed));

    private static bool Matches(object shown, string? message, string? start, string? contains)
    {
        var text = shown.ToString() ?? "";
        return (message is null || text == message)
            && (start is null || text.StartsWith(start, StringComparison.Ordinal))
            && (contains is null || text.Contains(contains, StringComparison.Ordinal));
    }

    private static IEnumerable<Exception> Causes(Exception? cause, bool inner)
    {
        for (var current = cause; current is not null; current = inner ? current.InnerException : null)
        {
            yield return current;
        }
    }
}

/// <summary>Applies a filter.</summary>
public interface IEventFilterApplier
{
    /// <summary>Runs something during which exactly one such event comes.</summary>
    void ExpectOne(Action action, CancellationToken cancellationToken = default);

    /// <summary>Runs something during which, or within this time after which, exactly one such event comes.</summary>
    void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken = default);

    /// <summary>Runs something during which exactly so many such events come.</summary>
    void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default);

    /// <summary>Runs something during which, or within this time after which, exactly so many such events come.</summary>
    void Expect(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default);

    /// <summary>Runs something during which exactly one such event comes.</summary>
    T ExpectOne<T>(Func<T> func, CancellationToken cancellationToken = default);

    /// <summary>Runs something during which exactly so many such events come.</summary>
    T Expect<T>(int expectedCount, Func<T> func, CancellationToken cancellationToken = default);

    /// <summary>Runs something during which exactly one such event comes.</summary>
    Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default);

    /// <summary>Runs something during which exactly so many such events come.</summary>
    Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default);
}
