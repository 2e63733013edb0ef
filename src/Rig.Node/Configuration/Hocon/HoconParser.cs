// Objects, arrays, values and their concatenation: the HOCON specification's syntax above characters. One parser reads one file; includes
// start another (HoconIncludes). Paths are in HoconParser.Paths.cs.
namespace Rig.Node.Configuration.Hocon;

/// <summary>Reads one file into <see cref="ObjectSyntax"/>.</summary>
internal sealed partial class HoconParser
{
    private readonly HoconScanner _scanner;
    private readonly HoconIncludes _includes;
    private readonly string[][] _prefixes;
    private readonly List<string> _scope = [];
    private int _arrays;

    private HoconParser(HoconScanner scanner, HoconIncludes includes, string[][] prefixes)
    {
        _scanner = scanner;
        _includes = includes;
        _prefixes = prefixes;
    }

    /// <summary>Reads a whole text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">Its path, for origins and for includes relative to it.</param>
    /// <param name="includes">What opens included files.</param>
    /// <param name="prefixes">Keys under which this file is included, innermost first.</param>
    /// <exception cref="HoconException">The text is not HOCON, or beyond <see cref="HoconLimits"/>.</exception>
    public static ObjectSyntax Parse(string text, string file, HoconIncludes includes, string[][] prefixes)
    {
        var scanner = new HoconScanner(text, file);
        var parser = new HoconParser(scanner, includes, prefixes);
        return parser.ParseRoot();
    }

    /// <summary>"Omit root braces": the outermost braces may be left out; an empty file is an empty object here.</summary>
    private ObjectSyntax ParseRoot()
    {
        var root = new ObjectSyntax(_scanner.Here);
        _scanner.SkipLines();
        switch (_scanner.Peek())
        {
            case '[':
                throw _scanner.Fail("a configuration is an object; an array cannot stand at its root");
            case '{':
                _scanner.Skip();
                ParseFields(root, '}');
                _scanner.SkipLines();
                break;
            default:
                ParseFields(root, HoconScanner.End);
                break;
        }

        return _scanner.Peek() == HoconScanner.End
            ? root
            : throw _scanner.Fail($"{_scanner.DescribeHere()} after the end of the configuration");
    }

    /// <summary>Fields up to and with <paramref name="close"/>, separated by commas or line ends.</summary>
    private void ParseFields(ObjectSyntax target, int close)
    {
        var separated = true;
        while (true)
        {
            separated |= _scanner.SkipLines();
            if (_scanner.Peek() == close)
            {
                _scanner.Skip();
                return;
            }

            if (!separated || _scanner.Peek() is HoconScanner.End or ',' or '}' or ']')
            {
                throw _scanner.Fail(
                    $"{_scanner.DescribeHere()} where a key{(separated ? "" : ", a comma or a new line")} is expected{Closing(close)}"
                );
            }

            ParseField(target);
            separated = TakeComma();
        }
    }

    private static string Closing(int close) => close == HoconScanner.End ? "" : $"; or is a '{(char)close}' missing?";

    /// <summary>"Commas": one comma, and lines, between elements; a second one is not allowed.</summary>
    private bool TakeComma()
    {
        var separated = _scanner.SkipLines();
        if (_scanner.Peek() != ',')
        {
            return separated;
        }

        _scanner.Skip();
        return true;
    }

    private void ParseField(ObjectSyntax target)
    {
        if (AtInclude())
        {
            ParseInclude(target);
            return;
        }

        var key = _scanner.Here;
        var path = ParsePath(isKey: true);
        var append = _scanner.Take("+=");
        if (!append && _scanner.Peek() is ':' or '=')
        {
            _scanner.Skip();
            _scanner.SkipLines();
        }
        else if (append)
        {
            _scanner.SkipLines();
        }
        else if (_scanner.Peek() != '{')
        {
            throw _scanner.Fail($"{_scanner.DescribeHere()} after the key {string.Join('.', path)}; expected is =, :, += or {{");
        }

        _scope.AddRange(path);
        var value = ParseValue();
        _scope.RemoveRange(_scope.Count - path.Length, path.Length);
        Assign(target, path, key, append ? new AppendSyntax(value.Origin, value) : value);
    }

    /// <summary>A concatenation with an object in it is a merge, so its parts become layers: lookups inside one need not resolve the others.</summary>
    private static void Assign(ObjectSyntax target, string[] path, HoconOrigin key, HoconSyntax value)
    {
        if (value is not ConcatSyntax concat || !concat.Parts.Exists(part => part is ObjectSyntax))
        {
            target.Assign(path, key, value);
            return;
        }

        foreach (var part in concat.Parts)
        {
            switch (part)
            {
                case ObjectSyntax literal:
                    target.Assign(path, key, literal);
                    break;
                case SubstitutionSyntax substitution:
                    target.Assign(path, key, new ObjectPartSyntax(substitution));
                    break;
                case ScalarSyntax { IsSpace: true }:
                    break;
                default:
                    throw new HoconException(part.Origin, $"{string.Join('.', path)}: an object can be joined only with objects");
            }
        }
    }

    /// <summary>"Value concatenation": everything up to a comma, a closing bracket, a comment or the end of the line.</summary>
    private HoconSyntax ParseValue()
    {
        var parts = new List<HoconSyntax>();
        var origin = _scanner.Here;
        while (true)
        {
            var at = _scanner.Here;
            var space = _scanner.TakeSpace();
            if (_scanner.AtComment || _scanner.Peek() is HoconScanner.End or '\n' or ',' or '}' or ']')
            {
                break;
            }

            if (parts.Count > 0 && space.Length > 0)
            {
                parts.Add(new ScalarSyntax(at, space.ToString(), quoted: false));
            }

            parts.Add(ParsePart());
        }

        return parts.Count > 0 ? Join(origin, parts) : throw _scanner.Fail($"{_scanner.DescribeHere()} where a value is expected");
    }

    private HoconSyntax ParsePart()
    {
        var origin = _scanner.Here;
        switch (_scanner.Peek())
        {
            case '{':
                return Nested(ParseObject);
            case '[':
                return Nested(ParseArray);
            case '"':
                return new ScalarSyntax(origin, _scanner.TakeQuoted(), quoted: true);
            case '$':
                return ParseSubstitution();
            default:
                return _scanner.AtUnquoted
                    ? new ScalarSyntax(origin, _scanner.TakeUnquoted(), quoted: false)
                    : throw _scanner.Fail($"{_scanner.DescribeHere()} is not allowed in a value outside quotes");
        }
    }

    private static HoconSyntax Join(HoconOrigin origin, List<HoconSyntax> parts)
    {
        if (parts.Count == 1)
        {
            return parts[0];
        }

        if (parts.TrueForAll(part => part is ScalarSyntax))
        {
            var text = string.Concat(parts.Select(part => ((ScalarSyntax)part).Text));
            return new ScalarSyntax(origin, text, parts.Exists(part => part is ScalarSyntax { Quoted: true }));
        }

        if (!parts.TrueForAll(part => part is ObjectSyntax or ScalarSyntax { IsSpace: true }))
        {
            return new ConcatSyntax(origin, parts);
        }

        var merged = (ObjectSyntax)parts[0];
        foreach (var part in parts.Skip(1).OfType<ObjectSyntax>())
        {
            merged.Merge(part);
        }

        return merged;
    }

    private ObjectSyntax ParseObject()
    {
        var value = new ObjectSyntax(_scanner.Here);
        _scanner.Skip();
        ParseFields(value, '}');
        return value;
    }

    private ArraySyntax ParseArray()
    {
        var origin = _scanner.Here;
        var items = new List<HoconSyntax>();
        var separated = true;
        _arrays++;
        _scanner.Skip();
        while (true)
        {
            separated |= _scanner.SkipLines();
            if (_scanner.Peek() == ']')
            {
                _scanner.Skip();
                _arrays--;
                return new ArraySyntax(origin, items);
            }

            if (!separated || _scanner.Peek() is HoconScanner.End or ',' or '}')
            {
                throw _scanner.Fail(
                    $"{_scanner.DescribeHere()} where an item{(separated ? "" : ", a comma or a new line")} is expected{Closing(']')}"
                );
            }

            items.Add(ParseValue());
            separated = TakeComma();
        }
    }

    private T Nested<T>(Func<T> parse)
    {
        if (++_includes.Depth > HoconLimits.MaxDepth)
        {
            throw _scanner.Fail($"nested deeper than {HoconLimits.MaxDepth} levels");
        }

        var value = parse();
        _includes.Depth--;
        return value;
    }
}
