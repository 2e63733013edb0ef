using Rig.Contracts.Operations;

namespace Rig.Node.Diagnostics;

/// <summary>The newest warnings and errors of the process in memory, for <c>GET /logs</c>. The only log of the production mode.</summary>
public sealed class LogBook(TimeProvider time) : ILoggerProvider
{
    public const int Kept = 200;

    /// <summary>Longer texts are cut: a source's whole error output belongs to the camera's status.</summary>
    private const int LongestText = 2000;

    private readonly Lock _lock = new();
    private readonly Queue<LogLine> _lines = new(Kept);
    private long _number;

    /// <summary>Newest first.</summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="level">Only this level and what is worse: <c>warning</c>, <c>error</c>, <c>critical</c>; null for all.</param>
    /// <param name="after">Only lines with a greater number; null for all.</param>
    public IReadOnlyList<LogLine> Newest(int limit = Kept, LogLevel? level = null, long? after = null)
    {
        lock (_lock)
        {
            return [.. _lines.Reverse().Where(Wanted).Take(limit)];
        }

        bool Wanted(LogLine line) =>
            (after is not { } number || line.Number > number)
            && (level is not { } least || Enum.Parse<LogLevel>(line.Level, ignoreCase: true) >= least);
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose() { }

    private void Add(LogLevel level, string source, string text)
    {
        string cut = text.Length > LongestText ? text[..LongestText] : text;
        lock (_lock)
        {
            LogLine line = new(++_number, time.GetUtcNow(), level.ToString().ToLowerInvariant(), source, cut);
            if (_lines.Count == Kept)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line);
        }
    }

    private sealed class Logger(LogBook book, string source) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
            {
                string text = formatter(state, exception);
                book.Add(logLevel, source, exception is null ? text : $"{text} {exception.GetType().Name}: {exception.Message}");
            }
        }
    }
}
