using System.Text.Json;

namespace Rig.Node.Diagnostics;

/// <summary>
/// The development mode's log: one JSON object a line, in files of limited size, the oldest of which go. Written only while switched on.
/// A disk that refuses costs log lines, nothing else.
/// </summary>
public sealed class JsonLogFile(TimeProvider time) : ILoggerProvider
{
    private readonly Lock _lock = new();
    private JsonLogSettings? _settings;
    private FileStream? _file;

    /// <summary>Switches the log on (to these settings) or, with null, off.</summary>
    public void Apply(JsonLogSettings? settings)
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
            _settings = settings;
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose() => Apply(null);

    private void Write(LogLevel level, string source, string text, Exception? exception)
    {
        byte[] line = JsonSerializer.SerializeToUtf8Bytes(
            new JsonLogLine(time.GetUtcNow(), level.ToString().ToLowerInvariant(), source, text, exception?.ToString()),
            JsonLogContext.Default.JsonLogLine
        );
        lock (_lock)
        {
            if (_settings is not { } settings)
            {
                return;
            }

            try
            {
                _file ??= Open(settings);
                _file.Write(line);
                _file.WriteByte((byte)'\n');
                _file.Flush();
                if (_file.Length >= settings.FileBytes)
                {
                    Rotate(settings);
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // The next line tries again with a new file; the book in memory still has the warnings.
                _file?.Dispose();
                _file = null;
            }
        }
    }

    private static FileStream Open(JsonLogSettings settings)
    {
        Directory.CreateDirectory(settings.Folder);
        return new FileStream(Name(settings, 0), FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
    }

    private void Rotate(JsonLogSettings settings)
    {
        _file!.Dispose();
        _file = null;
        for (int number = settings.Files - 1; number > 0; number--)
        {
            if (File.Exists(Name(settings, number - 1)))
            {
                File.Move(Name(settings, number - 1), Name(settings, number), overwrite: true);
            }
        }
    }

    private static string Name(JsonLogSettings settings, int number) =>
        Path.Combine(settings.Folder, number == 0 ? "rig.log" : $"rig.{number}.log");

    private sealed class Logger(JsonLogFile owner, string source) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information && Volatile.Read(ref owner._settings) is not null;

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
                owner.Write(logLevel, source, formatter(state, exception), exception);
            }
        }
    }
}

/// <param name="Folder">Where the files are.</param>
/// <param name="FileBytes">Size at which a file is put aside.</param>
/// <param name="Files">Files in all.</param>
public sealed record JsonLogSettings(string Folder, long FileBytes, int Files);

internal sealed record JsonLogLine(DateTimeOffset Time, string Level, string Source, string Text, string? Exception);

[System.Text.Json.Serialization.JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull
)]
[System.Text.Json.Serialization.JsonSerializable(typeof(JsonLogLine))]
internal sealed partial class JsonLogContext : System.Text.Json.Serialization.JsonSerializerContext;
