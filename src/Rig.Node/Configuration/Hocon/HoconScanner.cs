// Characters, positions, space, comments and strings: the lexical half of the HOCON specification ("Syntax"). Knows nothing of values.
using System.Globalization;
using System.Text;

namespace Rig.Node.Configuration.Hocon;

/// <summary>A position in one file's text.</summary>
internal sealed class HoconScanner(string text, string file)
{
    /// <summary>What <see cref="Peek"/> gives beyond the last character.</summary>
    public const int End = -1;

    /// <summary>Not allowed in an unquoted string ("Unquoted strings"), so that they stay free for the syntax and its future.</summary>
    private const string Reserved = "$\"{}[]:=,+#`^?!@*&\\";

    private int _position;
    private int _line = 1;
    private int _lineStart;

    public string File { get; } = file;

    public HoconOrigin Here => new(File, _line, _position - _lineStart + 1);

    public int Peek(int ahead = 0) => _position + ahead < text.Length ? text[_position + ahead] : End;

    public bool Looking(string at) => string.CompareOrdinal(text, _position, at, 0, at.Length) == 0;

    public void Skip(int count = 1)
    {
        for (var i = 0; i < count && _position < text.Length; i++)
        {
            if (text[_position++] == '\n')
            {
                _line++;
                _lineStart = _position;
            }
        }
    }

    /// <summary>Takes the word if it stands here.</summary>
    public bool Take(string word)
    {
        if (!Looking(word))
        {
            return false;
        }

        Skip(word.Length);
        return true;
    }

    /// <summary>Takes space on this line and returns it as written.</summary>
    public ReadOnlySpan<char> TakeSpace()
    {
        var start = _position;
        while (_position < text.Length && text[_position] != '\n' && IsSpace(text[_position]))
        {
            _position++;
        }

        return text.AsSpan(start, _position - start);
    }

    /// <summary>Takes space, comments and line ends; true when a line ended.</summary>
    public bool SkipLines()
    {
        var ended = false;
        while (true)
        {
            TakeSpace();
            if (AtComment)
            {
                while (Peek() is not (End or '\n'))
                {
                    Skip();
                }
            }
            else if (Peek() == '\n')
            {
                ended = true;
                Skip();
            }
            else
            {
                return ended;
            }
        }
    }

    public bool AtComment => Peek() == '#' || (Peek() == '/' && Peek(1) == '/');

    public bool AtUnquoted => Peek() is var c && c != End && !IsSpace((char)c) && !Reserved.Contains((char)c) && !AtComment;

    /// <summary>Takes a run of unquoted characters; a number at its start may hold a plus sign in its exponent.</summary>
    public string TakeUnquoted(bool stopAtDot = false)
    {
        var start = _position;
        Skip(stopAtDot ? 0 : NumberLength());
        while (AtUnquoted && !(stopAtDot && Peek() == '.'))
        {
            Skip();
        }

        return text[start.._position];
    }

    /// <summary>Takes a quoted or triple-quoted string that starts here.</summary>
    public string TakeQuoted() => Looking("\"\"\"") ? TakeTripleQuoted() : TakeJsonString();

    public HoconException Fail(string problem) => new(Here, problem);

    /// <summary>The character here, for a message.</summary>
    public string DescribeHere() =>
        Peek() switch
        {
            End => "the end of the file",
            '\n' => "the end of the line",
            var c when char.IsControl((char)c) => string.Create(CultureInfo.InvariantCulture, $"the control character U+{c:X4}"),
            var c => $"'{(char)c}'",
        };

    /// <summary>"Whitespace": any Unicode space separator, the line and paragraph separators, the ASCII controls named there, and BOM.</summary>
    private static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is '\uFEFF' or (>= '\u001C' and <= '\u001F');

    /// <summary>Length of the JSON number at this position, or 0.</summary>
    private int NumberLength()
    {
        var length = Peek() == '-' ? 1 : 0;
        var digits = Digits(length);
        if (digits == 0)
        {
            return 0;
        }

        length += digits;
        if (Peek(length) == '.' && Digits(length + 1) is > 0 and var fraction)
        {
            length += fraction + 1;
        }

        if (Peek(length) is 'e' or 'E')
        {
            var sign = Peek(length + 1) is '+' or '-' ? 1 : 0;
            if (Digits(length + 1 + sign) is > 0 and var exponent)
            {
                length += 1 + sign + exponent;
            }
        }

        return length;
    }

    private int Digits(int ahead)
    {
        var count = 0;
        while (Peek(ahead + count) is >= '0' and <= '9')
        {
            count++;
        }

        return count;
    }

    /// <summary>"Multi-line strings": no escapes; quotes beyond three at the end belong to the string.</summary>
    private string TakeTripleQuoted()
    {
        var opening = Here;
        Skip(3);
        var start = _position;
        while (!Looking("\"\"\""))
        {
            if (Peek() == End)
            {
                throw new HoconException(opening, "this \"\"\" string is not closed");
            }

            Skip();
        }

        while (Peek(3) == '"')
        {
            Skip();
        }

        var value = text[start.._position];
        Skip(3);
        return value;
    }

    private string TakeJsonString()
    {
        var opening = Here;
        var value = new StringBuilder();
        Skip();
        while (true)
        {
            switch (Peek())
            {
                case '"':
                    Skip();
                    return value.ToString();
                case End or '\n':
                    throw new HoconException(
                        opening,
                        "this string is not closed on its line; a string over several lines stands in \"\"\""
                    );
                case '\\':
                    value.Append(TakeEscape());
                    break;
                case < ' ':
                    throw Fail($"{DescribeHere()} is not allowed in a string; write it as \\u....");
                case var c:
                    value.Append((char)c);
                    Skip();
                    break;
            }
        }
    }

    private char TakeEscape()
    {
        var escape = Peek(1);
        if (escape == 'u')
        {
            var digits = text.AsSpan(Math.Min(_position + 2, text.Length), Math.Clamp(text.Length - _position - 2, 0, 4));
            if (digits.Length < 4 || !ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                throw Fail("\\u needs four hexadecimal digits");
            }

            Skip(6);
            return (char)unit;
        }

        var plain = escape switch
        {
            '"' or '\\' or '/' => (char)escape,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => throw Fail("unknown escape; allowed are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four digits"),
        };
        Skip(2);
        return plain;
    }
}
