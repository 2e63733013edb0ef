namespace Akka.Event;

/// <summary>
/// Logging by level, with or without an exception, with up to six arguments. Arguments are formatted by whoever reads the event,
/// and boxed only if the level is enabled.
/// </summary>
public static class LoggingExtensions
{
    /// <summary>Publishes a debug event.</summary>
    public static void Debug(this ILoggingAdapter log, string format) => log.Log(LogLevel.DebugLevel, null, format);

    /// <summary>Publishes a debug event.</summary>
    public static void Debug<T1>(this ILoggingAdapter log, string format, T1 arg1) =>
        log.Write(LogLevel.DebugLevel, null, format, log.IsEnabled(LogLevel.DebugLevel) ? [arg1] : null);

    /// <summary>Publishes a debug event.</summary>
    public static void Debug<T1, T2>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2) =>
        log.Write(LogLevel.DebugLevel, null, format, log.IsEnabled(LogLevel.DebugLevel) ? [arg1, arg2] : null);

    /// <summary>Publishes a debug event.</summary>
    public static void Debug<T1, T2, T3>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3) =>
        log.Write(LogLevel.DebugLevel, null, format, log.IsEnabled(LogLevel.DebugLevel) ? [arg1, arg2, arg3] : null);

    /// <summary>Publishes a debug event.</summary>
    public static void Debug<T1, T2, T3, T4>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4) =>
        log.Write(LogLevel.DebugLevel, null, format, log.IsEnabled(LogLevel.DebugLevel) ? [arg1, arg2, arg3, arg4] : null);

    /// <summary>Publishes a debug event.</summary>
    public static void Debug<T1, T2, T3, T4, T5>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5) =>
        log.Write(LogLevel.DebugLevel, null, format, log.IsEnabled(LogLevel.DebugLevel) ? [arg1, arg2, arg3, arg4, arg5] : null);

    /// <summary>Publishes a debug event.</summary>
    public static void Debug<T1, T2, T3, T4, T5, T6>(
        this ILoggingAdapter log,
        string format,
        T1 arg1,
        T2 arg2,
        T3 arg3,
        T4 arg4,
        T5 arg5,
        T6 arg6
    ) => log.Write(LogLevel.DebugLevel, null, format, log.IsEnabled(LogLevel.DebugLevel) ? [arg1, arg2, arg3, arg4, arg5, arg6] : null);

    /// <summary>Publishes a debug event.</summary>
    public static void Debug(this ILoggingAdapter log, string format, object[] args) => log.Write(LogLevel.DebugLevel, null, format, args);

    /// <summary>Publishes a debug event.</summary>
    public static void Debug(this ILoggingAdapter log, Exception? cause, string format) => log.Log(LogLevel.DebugLevel, cause, format);

    /// <summary>Publishes a debug event.</summary>
    public static void Debug<T1>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1) =>
        log.Write(LogLevel.DebugLevel, cause, format, log.IsEnabled(LogLevel.DebugLevel) ? [arg1] : null);

    /// <summary>Publishes a debug event.</summary>
    public static void Debug<T1, T2>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2) =>
        log.Write(LogLevel.DebugLevel, cause, format, log.IsEnabled(LogLevel.DebugLevel) ? [arg1, arg2] : null);

    /// <summary>Publishes a debug event.</summary>
    public static void Debug<T1, T2, T3>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3) =>
        log.Write(LogLevel.DebugLevel, cause, format, log.IsEnabled(LogLevel.DebugLevel) ? [arg1, arg2, arg3] : null);

    /// <summary>Publishes a debug event.</summary>
    public static void Debug<T1, T2, T3, T4>(
        this ILoggingAdapter log,
        Exception? cause,
        string format,
        T1 arg1,
        T2 arg2,
        T3 arg3,
        T4 arg4
    ) => log.Write(LogLevel.DebugLevel, cause, format, log.IsEnabled(LogLevel.DebugLevel) ? [arg1, arg2, arg3, arg4] : null);

    /// <summary>Publishes a debug event.</summary>
    public static void Debug<T1, T2, T3, T4, T5>(
        this ILoggingAdapter log,
        Exception? cause,
        string format,
        T1 arg1,
        T2 arg2,
        T3 arg3,
        T4 arg4,
        T5 arg5
    ) => log.Write(LogLevel.DebugLevel, cause, format, log.IsEnabled(LogLevel.DebugLevel) ? [arg1, arg2, arg3, arg4, arg5] : null);

    /// <summary>Publishes a debug event.</summary>
    public static void Debug<T1, T2, T3, T4, T5, T6>(
        this ILoggingAdapter log,
        Exception? cause,
        string format,
        T1 arg1,
        T2 arg2,
        T3 arg3,
        T4 arg4,
        T5 arg5,
        T6 arg6
    ) => log.Write(LogLevel.DebugLevel, cause, format, log.IsEnabled(LogLevel.DebugLevel) ? [arg1, arg2, arg3, arg4, arg5, arg6] : null);

    /// <summary>Publishes a debug event.</summary>
    public static void Debug(this ILoggingAdapter log, Exception? cause, string format, object[] args) =>
        log.Write(LogLevel.DebugLevel, cause, format, args);

    /// <summary>Publishes an informational event.</summary>
    public static void Info(this ILoggingAdapter log, string format) => log.Log(LogLevel.InfoLevel, null, format);

    /// <summary>Publishes an informational event.</summary>
    public static void Info<T1>(this ILoggingAdapter log, string format, T1 arg1) =>
        log.Write(LogLevel.InfoLevel, null, format, log.IsEnabled(LogLevel.InfoLevel) ? [arg1] : null);

    /// <summary>Publishes an informational event.</summary>
    public static void Info<T1, T2>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2) =>
        log.Write(LogLevel.InfoLevel, null, format, log.IsEnabled(LogLevel.InfoLevel) ? [arg1, arg2] : null);

    /// <summary>Publishes an informational event.</summary>
    public static void Info<T1, T2, T3>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3) =>
        log.Write(LogLevel.InfoLevel, null, format, log.IsEnabled(LogLevel.InfoLevel) ? [arg1, arg2, arg3] : null);

    /// <summary>Publishes an informational event.</summary>
    public static void Info<T1, T2, T3, T4>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4) =>
        log.Write(LogLevel.InfoLevel, null, format, log.IsEnabled(LogLevel.InfoLevel) ? [arg1, arg2, arg3, arg4] : null);

    /// <summary>Publishes an informational event.</summary>
    public static void Info<T1, T2, T3, T4, T5>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5) =>
        log.Write(LogLevel.InfoLevel, null, format, log.IsEnabled(LogLevel.InfoLevel) ? [arg1, arg2, arg3, arg4, arg5] : null);

    /// <summary>Publishes an informational event.</summary>
    public static void Info<T1, T2, T3, T4, T5, T6>(
        this ILoggingAdapter log,
        string format,
        T1 arg1,
        T2 arg2,
        T3 arg3,
        T4 arg4,
        T5 arg5,
        T6 arg6
    ) => log.Write(LogLevel.InfoLevel, null, format, log.IsEnabled(LogLevel.InfoLevel) ? [arg1, arg2, arg3, arg4, arg5, arg6] : null);

    /// <summary>Publishes an informational event.</summary>
    public static void Info(this ILoggingAdapter log, string format, object[] args) => log.Write(LogLevel.InfoLevel, null, format, args);

    /// <summary>Publishes an informational event.</summary>
    public static void Info(this ILoggingAdapter log, Exception? cause, string format) => log.Log(LogLevel.InfoLevel, cause, format);

    /// <summary>Publishes an informational event.</summary>
    public static void Info<T1>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1) =>
        log.Write(LogLevel.InfoLevel, cause, format, log.IsEnabled(LogLevel.InfoLevel) ? [arg1] : null);

    /// <summary>Publishes an informational event.</summary>
    public static void Info<T1, T2>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2) =>
        log.Write(LogLevel.InfoLevel, cause, format, log.IsEnabled(LogLevel.InfoLevel) ? [arg1, arg2] : null);

    /// <summary>Publishes an informational event.</summary>
    public static void Info<T1, T2, T3>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3) =>
        log.Write(LogLevel.InfoLevel, cause, format, log.IsEnabled(LogLevel.InfoLevel) ? [arg1, arg2, arg3] : null);

    /// <summary>Publishes an informational event.</summary>
    public static void Info<T1, T2, T3, T4>(
        this ILoggingAdapter log,
        Exception? cause,
        string format,
        T1 arg1,
        T2 arg2,
        T3 arg3,
        T4 arg4
    ) => log.Write(LogLevel.InfoLevel, cause, format, log.IsEnabled(LogLevel.InfoLevel) ? [arg1, arg2, arg3, arg4] : null);

    /// <summary>Publishes an informational event.</summary>
    public static void Info<T1, T2, T3, T4, T5>(
        this ILoggingAdapter log,
        Exception? cause,
        string format,
        T1 arg1,
        T2 arg2,
        T3 arg3,
        T4 arg4,
        T5 arg5
    ) => log.Write(LogLevel.InfoLevel, cause, format, log.IsEnabled(LogLevel.InfoLevel) ? [arg1, arg2, arg3, arg4, arg5] : null);

    /// <summary>Publishes an informational event.</summary>
    public static void Info<T1, T2, T3, T4, T5, T6>(
        this ILoggingAdapter log,
        Exception? cause,
        string format,
        T1 arg1,
        T2 arg2,
        T3 arg3,
        T4 arg4,
        T5 arg5,
        T6 arg6
    ) => log.Write(LogLevel.InfoLevel, cause, format, log.IsEnabled(LogLevel.InfoLevel) ? [arg1, arg2, arg3, arg4, arg5, arg6] : null);

    /// <summary>Publishes an informational event.</summary>
    public static void Info(this ILoggingAdapter log, Exception? cause, string format, object[] args) =>
        log.Write(LogLevel.InfoLevel, cause, format, args);

    /// <summary>Publishes a warning.</summary>
    public static void Warning(this ILoggingAdapter log, string format) => log.Log(LogLevel.WarningLevel, null, format);

    /// <summary>Publishes a warning.</summary>
    public static void Warning<T1>(this ILoggingAdapter log, string format, T1 arg1) =>
        log.Write(LogLevel.WarningLevel, null, format, log.IsEnabled(LogLevel.WarningLevel) ? [arg1] : null);

    /// <summary>Publishes a warning.</summary>
    public static void Warning<T1, T2>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2) =>
        log.Write(LogLevel.WarningLevel, null, format, log.IsEnabled(LogLevel.WarningLevel) ? [arg1, arg2] : null);

    /// <summary>Publishes a warning.</summary>
    public static void Warning<T1, T2, T3>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3) =>
        log.Write(LogLevel.WarningLevel, null, format, log.IsEnabled(LogLevel.WarningLevel) ? [arg1, arg2, arg3] : null);

    /// <summary>Publishes a warning.</summary>
    public static void Warning<T1, T2, T3, T4>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4) =>
        log.Write(LogLevel.WarningLevel, null, format, log.IsEnabled(LogLevel.WarningLevel) ? [arg1, arg2, arg3, arg4] : null);

    /// <summary>Publishes a warning.</summary>
    public static void Warning<T1, T2, T3, T4, T5>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5) =>
        log.Write(LogLevel.WarningLevel, null, format, log.IsEnabled(LogLevel.WarningLevel) ? [arg1, arg2, arg3, arg4, arg5] : null);

    /// <summary>Publishes a warning.</summary>
    public static void Warning<T1, T2, T3, T4, T5, T6>(
        this ILoggingAdapter log,
        string format,
        T1 arg1,
        T2 arg2,
        T3 arg3,
        T4 arg4,
        T5 arg5,
        T6 arg6
    ) => log.Write(LogLevel.WarningLevel, null, format, log.IsEnabled(LogLevel.WarningLevel) ? [arg1, arg2, arg3, arg4, arg5, arg6] : null);

    /// <summary>Publishes a warning.</summary>
    public static void Warning(this ILoggingAdapter log, string format, object[] args) =>
        log.Write(LogLevel.WarningLevel, null, format, args);

    /// <summary>Publishes a warning.</summary>
    public static void Warning(this ILoggingAdapter log, Exception? cause, string format) => log.Log(LogLevel.WarningLevel, cause, format);

    /// <summary>Publishes a warning.</summary>
    public static void Warning<T1>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1) =>
        log.Write(LogLevel.WarningLevel, cause, format, log.IsEnabled(LogLevel.WarningLevel) ? [arg1] : null);

    /// <summary>Publishes a warning.</summary>
    public static void Warning<T1, T2>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2) =>
        log.Write(LogLevel.WarningLevel, cause, format, log.IsEnabled(LogLevel.WarningLevel) ? [arg1, arg2] : null);

    /// <summary>Publishes a warning.</summary>
    public static void Warning<T1, T2, T3>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3) =>
        log.Write(LogLevel.WarningLevel, cause, format, log.IsEnabled(LogLevel.WarningLevel) ? [arg1, arg2, arg3] : null);

    /// <summary>Publishes a warning.</summary>
    public static void Warning<T1, T2, T3, T4>(
        this ILoggingAdapter log,
        Exception? cause,
        string format,
        T1 arg1,
        T2 arg2,
        T3 arg3,
        T4 arg4
    ) => log.Write(LogLevel.WarningLevel, cause, format, log.IsEnabled(LogLevel.WarningLevel) ? [arg1, arg2, arg3, arg4] : null);

    /// <summary>Publishes a warning.</summary>
    public static void Warning<T1, T2, T3, T4, T5>(
        this ILoggingAdapter log,
        Exception? cause,
        string format,
        T1 arg1,
        T2 arg2,
        T3 arg3,
        T4 arg4,
        T5 arg5
    ) => log.Write(LogLevel.WarningLevel, cause, format, log.IsEnabled(LogLevel.WarningLevel) ? [arg1, arg2, arg3, arg4, arg5] : null);

    /// <summary>Publishes a warning.</summary>
    public static void Warning<T1, T2, T3, T4, T5, T6>(
        this ILoggingAdapter log,
        Exception? cause,
        string format,
        T1 arg1,
        T2 arg2,
        T3 arg3,
        T4 arg4,
        T5 arg5,
        T6 arg6
    ) =>
        log.Write(LogLevel.WarningLevel, cause, format, log.IsEnabled(LogLevel.WarningLevel) ? [arg1, arg2, arg3, arg4, arg5, arg6] : null);

    /// <summary>Publishes a warning.</summary>
    public static void Warning(this ILoggingAdapter log, Exception? cause, string format, object[] args) =>
        log.Write(LogLevel.WarningLevel, cause, format, args);

    /// <summary>Publishes an error.</summary>
    public static void Error(this ILoggingAdapter log, string format) => log.Log(LogLevel.ErrorLevel, null, format);

    /// <summary>Publishes an error.</summary>
    public static void Error<T1>(this ILoggingAdapter log, string format, T1 arg1) =>
        log.Write(LogLevel.ErrorLevel, null, format, log.IsEnabled(LogLevel.ErrorLevel) ? [arg1] : null);

    /// <summary>Publishes an error.</summary>
    public static void Error<T1, T2>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2) =>
        log.Write(LogLevel.ErrorLevel, null, format, log.IsEnabled(LogLevel.ErrorLevel) ? [arg1, arg2] : null);

    /// <summary>Publishes an error.</summary>
    public static void Error<T1, T2, T3>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3) =>
        log.Write(LogLevel.ErrorLevel, null, format, log.IsEnabled(LogLevel.ErrorLevel) ? [arg1, arg2, arg3] : null);

    /// <summary>Publishes an error.</summary>
    public static void Error<T1, T2, T3, T4>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4) =>
        log.Write(LogLevel.ErrorLevel, null, format, log.IsEnabled(LogLevel.ErrorLevel) ? [arg1, arg2, arg3, arg4] : null);

    /// <summary>Publishes an error.</summary>
    public static void Error<T1, T2, T3, T4, T5>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5) =>
        log.Write(LogLevel.ErrorLevel, null, format, log.IsEnabled(LogLevel.ErrorLevel) ? [arg1, arg2, arg3, arg4, arg5] : null);

    /// <summary>Publishes an error.</summary>
    public static void Error<T1, T2, T3, T4, T5, T6>(
        this ILoggingAdapter log,
        string format,
        T1 arg1,
        T2 arg2,
        T3 arg3,
        T4 arg4,
        T5 arg5,
        T6 arg6
    ) => log.Write(LogLevel.ErrorLevel, null, format, log.IsEnabled(LogLevel.ErrorLevel) ? [arg1, arg2, arg3, arg4, arg5, arg6] : null);

    /// <summary>Publishes an error.</summary>
    public static void Error(this ILoggingAdapter log, string format, object[] args) => log.Write(LogLevel.ErrorLevel, null, format, args);

    /// <summary>Publishes an error.</summary>
    public static void Error(this ILoggingAdapter log, Exception? cause, string format) => log.Log(LogLevel.ErrorLevel, cause, format);

    /// <summary>Publishes an error.</summary>
    public static void Error<T1>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1) =>
        log.Write(LogLevel.ErrorLevel, cause, format, log.IsEnabled(LogLevel.ErrorLevel) ? [arg1] : null);

    /// <summary>Publishes an error.</summary>
    public static void Error<T1, T2>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2) =>
        log.Write(LogLevel.ErrorLevel, cause, format, log.IsEnabled(LogLevel.ErrorLevel) ? [arg1, arg2] : null);

    /// <summary>Publishes an error.</summary>
    public static void Error<T1, T2, T3>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3) =>
        log.Write(LogLevel.ErrorLevel, cause, format, log.IsEnabled(LogLevel.ErrorLevel) ? [arg1, arg2, arg3] : null);

    /// <summary>Publishes an error.</summary>
    public static void Error<T1, T2, T3, T4>(
        this ILoggingAdapter log,
        Exception? cause,
        string format,
        T1 arg1,
        T2 arg2,
        T3 arg3,
        T4 arg4
    ) => log.Write(LogLevel.ErrorLevel, cause, format, log.IsEnabled(LogLevel.ErrorLevel) ? [arg1, arg2, arg3, arg4] : null);

    /// <summary>Publishes an error.</summary>
    public static void Error<T1, T2, T3, T4, T5>(
        this ILoggingAdapter log,
        Exception? cause,
        string format,
        T1 arg1,
        T2 arg2,
        T3 arg3,
        T4 arg4,
        T5 arg5
    ) => log.Write(LogLevel.ErrorLevel, cause, format, log.IsEnabled(LogLevel.ErrorLevel) ? [arg1, arg2, arg3, arg4, arg5] : null);

    /// <summary>Publishes an error.</summary>
    public static void Error<T1, T2, T3, T4, T5, T6>(
        this ILoggingAdapter log,
        Exception? cause,
        string format,
        T1 arg1,
        T2 arg2,
        T3 arg3,
        T4 arg4,
        T5 arg5,
        T6 arg6
    ) => log.Write(LogLevel.ErrorLevel, cause, format, log.IsEnabled(LogLevel.ErrorLevel) ? [arg1, arg2, arg3, arg4, arg5, arg6] : null);

    /// <summary>Publishes an error.</summary>
    public static void Error(this ILoggingAdapter log, Exception? cause, string format, object[] args) =>
        log.Write(LogLevel.ErrorLevel, cause, format, args);

    /// <summary>Publishes an event of any level.</summary>
    public static void Log(this ILoggingAdapter log, LogLevel level, string format) => log.Log(level, null, format);

    /// <summary>Publishes an event of any level.</summary>
    public static void Log(this ILoggingAdapter log, LogLevel level, string format, object[] args) => log.Write(level, null, format, args);

    /// <summary>Publishes an event of any level.</summary>
    public static void Log(this ILoggingAdapter log, LogLevel level, Exception? cause, string format, object[] args) =>
        log.Write(level, cause, format, args);

    private static void Write(this ILoggingAdapter log, LogLevel level, Exception? cause, string format, object?[]? arguments)
    {
        if (arguments is not null && log.IsEnabled(level))
        {
            log.Log(level, cause, new FormattedMessage(log.Formatter, format, arguments));
        }
    }
}
