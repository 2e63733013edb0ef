using System.Globalization;

namespace Akka.Configuration;

/// <summary>
/// Settings by dotted path, read from the part of HOCON that actor systems use: nested objects, dotted keys, lists, quoted and
/// bare values, comments. Immutable.
/// </summary>
public class Config
{
    /// <summary>Without settings.</summary>
    public static readonly Config Empty = new();

    /// <summary>Values by full path: text, or a list of texts.</summary>
    private readonly IReadOnlyDictionary<string, object> _values;

    /// <summary>Without settings.</summary>
    public Config()
        : this(new Dictionary<string, object>(StringComparer.Ordinal)) { }

    internal Config(IReadOnlyDictionary<string, object> values) => _values = values;

    /// <summary>True without settings.</summary>
    public virtual bool IsEmpty => _values.Count == 0;

    /// <summary>True when there is a value, or an object with values, at a path.</summary>
    public virtual bool HasPath(string path) =>
        _values.ContainsKey(path) || _values.Keys.Any(key => key.StartsWith(path + ".", StringComparison.Ordinal));

    /// <summary>The settings below a path, empty when there are none.</summary>
    public virtual Config GetConfig(string path)
    {
        var prefix = path + ".";
        return new Config(
            _values
                .Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))
                .ToDictionary(pair => pair.Key[prefix.Length..], static pair => pair.Value, StringComparer.Ordinal)
        );
    }

    /// <summary>These settings, and another's where these have none.</summary>
    public virtual Config WithFallback(Config fallback)
    {
        ArgumentNullException.ThrowIfNull(fallback);
        var values = new Dictionary<string, object>(fallback._values, StringComparer.Ordinal);
        foreach (var (key, value) in _values)
        {
            values[key] = value;
        }
        return new Config(values);
    }

    /// <summary>A text.</summary>
    public virtual string? GetString(string path, string? @default = null) => _values.GetValueOrDefault(path) as string ?? @default;

    /// <summary>A list of texts, empty when there is none.</summary>
    public virtual IList<string> GetStringList(string path) =>
        _values.GetValueOrDefault(path) switch
        {
            IReadOnlyList<string> list => [.. list],
            string single => [single],
            _ => [],
        };

    /// <summary>A whole number.</summary>
    /// <exception cref="ConfigurationException">The value is none.</exception>
    public virtual int GetInt(string path, int @default = 0) =>
        Read(
            path,
            @default,
            static text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null
        );

    /// <summary>A whole number.</summary>
    /// <exception cref="ConfigurationException">The value is none.</exception>
    public virtual long GetLong(string path, long @default = 0) =>
        Read(
            path,
            @default,
            static text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null
        );

    /// <summary>A number.</summary>
    /// <exception cref="ConfigurationException">The value is none.</exception>
    public virtual double GetDouble(string path, double @default = 0) =>
        Read(
            path,
            @default,
            static text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null
        );

    /// <summary><c>on</c>, <c>true</c>, <c>yes</c> or <c>off</c>, <c>false</c>, <c>no</c>.</summary>
    /// <exception cref="ConfigurationException">The value is none.</exception>
    public virtual bool GetBoolean(string path, bool @default = false) =>
        Read<bool>(
            path,
            @default,
            static text =>
                text switch
                {
                    "on" or "true" or "yes" => true,
                    "off" or "false" or "no" => false,
                    _ => null,
                }
        );

    /// <summary>A time: <c>3s</c>, <c>20 ms</c>, <c>2 minutes</c>, a bare number of milliseconds, or <c>infinite</c>.</summary>
    /// <exception cref="ConfigurationException">The value is none.</exception>
    public virtual TimeSpan GetTimeSpan(string path, TimeSpan? @default = null, bool allowInfinite = true) =>
        Read(
            path,
            @default ?? TimeSpan.Zero,
            text => allowInfinite && text == "infinite" ? Timeout.InfiniteTimeSpan : HoconReader.ParseTime(text)
        );

    /// <summary>Reads settings.</summary>
    /// <exception cref="ConfigurationException">The text is not in the supported part of HOCON.</exception>
    public static implicit operator Config(string str) => ConfigurationFactory.ParseString(str);

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join(
            '\n',
            _values.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key} = {Show(pair.Value)}")
        );

    private static string Show(object value) =>
        value is IReadOnlyList<string> list ? $"[{string.Join(", ", list.Select(Quote))}]" : Quote((string)value);

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    private T Read<T>(string path, T fallback, Func<string, T?> parse)
        where T : struct =>
        _values.GetValueOrDefault(path) switch
        {
            null => fallback,
            string text when parse(text) is { } value => value,
            var other => throw new ConfigurationException($"{path}: {Show(other)} is not a {typeof(T).Name}"),
        };
}

/// <summary>Makes settings.</summary>
public class ConfigurationFactory
{
    /// <summary>Has no state; everything here is static.</summary>
    public ConfigurationFactory() { }

    /// <summary>Without settings.</summary>
    public static Config Empty => Config.Empty;

    /// <summary>Reads settings.</summary>
    /// <exception cref="ConfigurationException">The text is not in the supported part of HOCON.</exception>
    public static Config ParseString(string hocon) => new(new HoconReader(hocon ?? "").Read());
}

/// <summary>The settings cannot be read or make no sense.</summary>
public class ConfigurationException : Actor.AkkaException
{
    /// <summary>With a message.</summary>
    public ConfigurationException(string message)
        : base(message) { }

    /// <summary>With a message and what caused it.</summary>
    public ConfigurationException(string message, Exception? exception)
        : base(message, exception) { }
}
