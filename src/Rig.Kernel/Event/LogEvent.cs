using System.Globalization;
using Akka.Actor;

namespace Akka.Event;

/// <summary>How much a log event matters.</summary>
public enum LogLevel
{
    /// <summary>For whoever looks for a fault.</summary>
    DebugLevel,

    /// <summary>Normal, worth knowing.</summary>
    InfoLevel,

    /// <summary>Not normal, handled.</summary>
    WarningLevel,

    /// <summary>Something did not work.</summary>
    ErrorLevel,
}

/// <summary>What a logger publishes on the event stream.</summary>
public abstract class LogEvent : INoSerializationVerificationNeeded
{
    /// <summary>Notes time and thread.</summary>
    protected LogEvent()
    {
        Timestamp = TimeProvider.System.GetUtcNow().UtcDateTime;
        Thread = Thread.CurrentThread;
    }

    /// <summary>The exception, if it is about one.</summary>
    public Exception? Cause { get; protected set; }

    /// <summary>When, in universal time.</summary>
    public DateTime Timestamp { get; }

    /// <summary>Where it was made.</summary>
    public Thread Thread { get; }

    /// <summary>Whose it is: an actor's path or a name.</summary>
    public string LogSource { get; protected set; } = "";

    /// <summary>The source's type.</summary>
    public Type LogClass { get; protected set; } = typeof(object);

    /// <summary>What happened; text, or a <see cref="LogMessage"/> that makes text of itself.</summary>
    public object Message { get; protected set; } = "";

    /// <summary>How much it matters.</summary>
    public abstract LogLevel LogLevel();

    /// <inheritdoc/>
    public override string ToString()
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"[{LogLevel().StringFor()}][{Timestamp:O}][Thread {Thread.ManagedThreadId:0000}][{LogSource}] {Message}"
        );
        return Cause is null ? head : $"{head}{Environment.NewLine}Cause: {Cause}";
    }
}

/// <summary>An event of <see cref="Event.LogLevel.DebugLevel"/>.</summary>
public class Debug : LogEvent
{
    /// <summary>Without an exception.</summary>
    public Debug(string logSource, Type logClass, object message)
        : this(null, logSource, logClass, message) { }

    /// <summary>With an exception.</summary>
    public Debug(Exception? cause, string logSource, Type logClass, object message)
    {
        (Cause, LogSource, LogClass, Message) = (cause, logSource, logClass, message);
    }

    /// <inheritdoc/>
    public override LogLevel LogLevel() => Event.LogLevel.DebugLevel;
}

/// <summary>An event of <see cref="Event.LogLevel.InfoLevel"/>.</summary>
public class Info : LogEvent
{
    /// <summary>Without an exception.</summary>
    public Info(string logSource, Type logClass, object message)
        : this(null, logSource, logClass, message) { }

    /// <summary>With an exception.</summary>
    public Info(Exception? cause, string logSource, Type logClass, object message)
    {
        (Cause, LogSource, LogClass, Message) = (cause, logSource, logClass, message);
    }

    /// <inheritdoc/>
    public override LogLevel LogLevel() => Event.LogLevel.InfoLevel;
}

/// <summary>An event of <see cref="Event.LogLevel.WarningLevel"/>.</summary>
public class Warning : LogEvent
{
    /// <summary>Without an exception.</summary>
    public Warning(string logSource, Type logClass, object message)
        : this(null, logSource, logClass, message) { }

    /// <summary>With an exception.</summary>
    public Warning(Exception? cause, string logSource, Type logClass, object message)
    {
        (Cause, LogSource, LogClass, Message) = (cause, logSource, logClass, message);
    }

    /// <inheritdoc/>
    public override LogLevel LogLevel() => Event.LogLevel.WarningLevel;
}

/// <summary>An event of <see cref="Event.LogLevel.ErrorLevel"/>.</summary>
public class Error : LogEvent
{
    /// <summary>With an exception, or null.</summary>
    public Error(Exception? cause, string logSource, Type logClass, object message)
    {
        (Cause, LogSource, LogClass, Message) = (cause, logSource, logClass, message);
    }

    /// <inheritdoc/>
    public override LogLevel LogLevel() => Event.LogLevel.ErrorLevel;
}
