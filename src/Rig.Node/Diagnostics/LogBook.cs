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

    /// <summary>Newest first.</summary>
    public IReadOnlyList<LogLine> Newest()
    {
        lock (_lock)
        {
            return [.. _lines.Reverse()];
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose() { }

    private void Add(LogLevel level, string source, string text)
    {
        LogLine line = new(
            time.GetUtcNow(),
            level.ToString().ToLowerInvariant(),
            source,
            text.Length > LongestText ? text[..LongestText] : text
        );
        lock (_lock)
        {
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
