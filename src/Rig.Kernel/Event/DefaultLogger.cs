using Akka.Actor;

namespace Akka.Event;

/// <summary>Sent to a logger when the system starts; it answers <see cref="LoggerInitialized"/> and is then given the log events.</summary>
public class InitializeLogger(LoggingBus loggingBus) : INoSerializationVerificationNeeded
{
    /// <summary>Where the events come from.</summary>
    public LoggingBus LoggingBus { get; } = loggingBus;
}

/// <summary>A logger is ready.</summary>
public class LoggerInitialized : INoSerializationVerificationNeeded, IDeadLetterSuppression;

/// <summary>The logger of a system that names none: writes every event to standard output.</summary>
public class DefaultLogger : ActorBase
{
    /// <inheritdoc/>
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                return true;
            case LogEvent logEvent:
                Print(logEvent);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Writes one event.</summary>
    protected virtual void Print(LogEvent logEvent) => Console.Out.WriteLine(logEvent);
}

/// <summary>Logs the first dead letters, as many as <c>akka.log-dead-letters</c> says.</summary>
internal sealed class DeadLetterListener : ActorBase
{
    private readonly int _most;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private int _count;

    public DeadLetterListener(int most) => _most = most;

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));

    protected override bool Receive(object message)
    {
        if (message is not DeadLetter dead)
        {
            return false;
        }
        _count++;
        _log.Info(
            "Message [{0}] from {1} to {2} was not delivered. [{3}] dead letters encountered{4}.",
            dead.Message.GetType().Name,
            dead.Sender,
            dead.Recipient,
            _count,
            _count == _most ? ", no more dead letters will be logged" : ""
        );
        if (_count == _most)
        {
            Context.Stop(Self);
        }
        return true;
    }
}
