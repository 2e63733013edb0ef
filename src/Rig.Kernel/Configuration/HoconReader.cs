using System.Buffers;
using System.Globalization;
using System.Text;

namespace Akka.Configuration;

/// <summary>
/// Reads the part of HOCON described at <see cref="Config"/> into values by full path. Substitutions and includes are refused.
/// Recursion is bounded by <see cref="DeepestNesting"/>.
/// </summary>
internal sealed class HoconReader(string text)
{
    /// <summary>Akka's own reference configuration nests six deep.</summary>
    private const int DeepestNesting = 32;

    private const string EndOfBareValue = ",}]#\n\r";
    private static readonly SearchValues<char> s_number = SearchValues.Create("0123456789.");

    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);
    private int _position;

    private char Current => _position < text.Length ? text[_position] : '\0';

    public Dictionary<string, object> Read()
    {
        SkipSeparators();
        var braces = Take('{');
        ReadMembers("", braces ? 1 : 0);
        SkipSeparators();
        return _position == text.Length ? _values : throw Error("end of text expected");
    }

    public static TimeSpan? ParseTime(string text)
    {
        var digits = text.AsSpan().IndexOfAnyExcept(s_number);
        var number = digits < 0 ? text : text[..digits];
        var unit = digits < 0 ? "ms" : text[digits..].Trim();
        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var amount))
        {
            return null;
        }
        return unit switch
        {
            "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => TimeSpan.FromMilliseconds(amount),
            "s" or "second" or "seconds" => TimeSpan.FromSeconds(amount),
            "m" or "minute" or "minutes" => TimeSpan.FromMinutes(amount),
            "h" or "hour" or "hours" => TimeSpan.FromHours(amount),
            "d" or "day" or "days" => TimeSpan.FromDays(amount),
            "us" or "micro" or "micros" or "microsecond" or "microseconds" => TimeSpan.FromMicroseconds(amount),
            _ => null,
        };
    }

    private void ReadMembers(string prefix, int depth)
    {
        if (depth > DeepestNesting)
        {
            throw Error("nested too deeply");
        }
        while (true)
        {
            SkipSeparators();
            if (_position == text.Length)
            {
                if (depth > 0)
                {
                    throw Error("} expected");
                }
                return;
            }
            if (Current == '}' && depth > 0)
            {
                _position++;
                return;
            }
            var key = prefix + ReadKey();
            SkipBlanks();
            if (Take('{'))
            {
                ReadMembers(key + ".", depth + 1);
            }
            else if (Take('=') || Take(':'))
            {
                ReadValue(key, depth);
            }
            else
            {
                throw Error("=, : or { expected");
            }
        }
    }

    private void ReadValue(string key, int depth)
    {
        SkipBlanksAndLines();
        if (Take('{'))
        {
            ReadMembers(key + ".", depth + 1);
            return;
        }
        _values[key] = Take('[') ? ReadList() : ReadText();
    }

    private List<string> ReadList()
    {
        var list = new List<string>();
        while (true)
        {
            SkipSeparators();
            if (Take(']'))
            {
                return list;
            }
            if (_position == text.Length || Current == '}')
            {
                throw Error("] expected");
            }
            list.Add(ReadText());
        }
    }

    private string ReadKey()
    {
        var key = new StringBuilder();
        while (_position < text.Length)
        {
            if (Current == '"')
            {
                key.Append(ReadQuoted());
            }
            else if (char.IsLetterOrDigit(Current) || Current is '.' or '-' or '_' or '/' or '*')
            {
                key.Append(Current);
                _position++;
            }
            else
            {
                break;
            }
        }
        return key.Length > 0 ? key.ToString() : throw Error("key expected");
    }

    private string ReadText()
    {
        if (Current == '"')
        {
            return ReadQuoted();
        }
        var start = _position;
        while (_position < text.Length && !EndOfBareValue.Contains(Current) && !At("//"))
        {
            _position++;
        }
        var bare = text[start.._position].Trim();
        if (bare.Contains("${", StringComparison.Ordinal))
        {
            throw Error("substitutions are not supported");
        }
        return bare;
    }

    private string ReadQuoted()
    {
        if (At("\"\"\""))
        {
            var end = text.IndexOf("\"\"\"", _position + 3, StringComparison.Ordinal);
            var raw = end < 0 ? throw Error("\"\"\" expected") : text[(_position + 3)..end];
            _position = end + 3;
            return raw;
        }
        var value = new StringBuilder();
        for (_position++; Current != '"'; _position++)
        {
            if (_position >= text.Length)
            {
                throw Error("\" expected");
            }
            if (Current == '\\')
            {
                _position++;
            }
            value.Append(Current);
        }
        _position++;
        return value.ToString();
    }

    private void SkipSeparators()
    {
        while (_position < text.Length)
        {
            if (Current is '#' || At("//"))
            {
                while (_position < text.Length && Current != '\n')
                {
                    _position++;
                }
            }
            else if (char.IsWhiteSpace(Current) || Current == ',')
            {
                _position++;
            }
            else
            {
                return;
            }
        }
    }

    private void SkipBlanks()
    {
        while (Current is ' ' or '\t')
        {
            _position++;
        }
    }

    private void SkipBlanksAndLines()
    {
        while (_position < text.Length && char.IsWhiteSpace(Current))
        {
            _position++;
        }
    }

    private bool At(string what) => string.CompareOrdinal(text, _position, what, 0, what.Length) == 0;

    private bool Take(char what)
    {
        if (Current != what || _position >= text.Length)
        {
            return false;
        }
        _position++;
        return true;
    }

    private ConfigurationException Error(string what) =>
        new($"Configuration, line {text.AsSpan(0, Math.Min(_position, text.Length)).Count('\n') + 1}: {what}");
}
