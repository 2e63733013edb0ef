// Path expressions, substitutions and include statements.
using System.Text;

namespace Rig.Node.Configuration.Hocon;

internal sealed partial class HoconParser
{
    /// <summary>"Path expressions": strings side by side, of which unquoted dots separate elements. Ends at what cannot belong to it.</summary>
    private string[] ParsePath(bool isKey)
    {
        var start = _scanner.Here;
        var elements = new List<string>();
        var element = new StringBuilder();
        var begun = false;
        while (true)
        {
            var space = _scanner.TakeSpace().ToString();
            if (_scanner.Peek() == '.')
            {
                elements.Add(
                    begun ? element.ToString() : throw _scanner.Fail("a path has nothing before this dot; an empty key is written \"\"")
                );
                _scanner.Skip();
                element.Clear();
                begun = false;
            }
            else if (_scanner.Peek() == '"' || _scanner.AtUnquoted)
            {
                element
                    .Append(begun ? space : "")
                    .Append(_scanner.Peek() == '"' ? _scanner.TakeQuoted() : _scanner.TakeUnquoted(stopAtDot: true));
                begun = true;
            }
            else
            {
                break;
            }
        }

        if (!begun)
        {
            var what = isKey ? "a key" : "a path";
            throw _scanner.Fail(
                elements.Count > 0 ? $"{what} cannot end with a dot" : $"{_scanner.DescribeHere()} where {what} is expected"
            );
        }

        elements.Add(element.ToString());
        return elements.Count + _scope.Count <= HoconLimits.MaxDepth
            ? [.. elements]
            : throw new HoconException(start, $"nested deeper than {HoconLimits.MaxDepth} levels");
    }

    /// <summary>"Substitutions": <c>${path}</c> and <c>${?path}</c>; nothing may stand between the characters of <c>${?</c>.</summary>
    private SubstitutionSyntax ParseSubstitution()
    {
        var origin = _scanner.Here;
        if (!_scanner.Take("${"))
        {
            throw _scanner.Fail("'$' begins a substitution such as ${key} or ${?ENVIRONMENT}; a plain dollar sign stands in quotes");
        }

        var optional = _scanner.Take("?");
        var path = ParsePath(isKey: false);
        return _scanner.Take("}")
            ? new SubstitutionSyntax(origin, path, optional, _prefixes)
            : throw _scanner.Fail($"{_scanner.DescribeHere()} in a substitution; expected is '}}'");
    }

    /// <summary>"Includes": the bare word at the start of a field. In quotes, or as part of a longer word, it is a key.</summary>
    private bool AtInclude() => _scanner.Looking("include") && !IsWordAt(_scanner.Peek("include".Length));

    private static bool IsWordAt(int c) => c != HoconScanner.End && (char.IsLetterOrDigit((char)c) || c is '-' or '_' or '.');

    private void ParseInclude(ObjectSyntax target)
    {
        var origin = _scanner.Here;
        _scanner.Skip("include".Length);
        _scanner.TakeSpace();
        var required = TakeCall("required");
        var file = TakeCall("file");
        if (_scanner.Peek() != '"' || _scanner.Looking("\"\"\""))
        {
            throw _scanner.Fail(
                "include takes \"FILE\", file(\"FILE\"), required(\"FILE\") or required(file(\"FILE\")); as a key, include stands in quotes"
            );
        }

        var name = _scanner.TakeQuoted();
        for (var open = (required ? 1 : 0) + (file ? 1 : 0); open > 0; open--)
        {
            _scanner.TakeSpace();
            if (!_scanner.Take(")"))
            {
                throw _scanner.Fail($"{_scanner.DescribeHere()} in an include; expected is ')'");
            }
        }

        string[][] prefixes = _arrays > 0 ? _prefixes : Prefixes();
        if (_includes.Open(name, _scanner.File, origin, required, prefixes) is { } included)
        {
            target.Merge(included);
        }
    }

    private bool TakeCall(string name)
    {
        if (!_scanner.Take(name))
        {
            return false;
        }

        _scanner.TakeSpace();
        if (!_scanner.Take("("))
        {
            throw _scanner.Fail($"{_scanner.DescribeHere()} after {name}; expected is '('");
        }

        _scanner.TakeSpace();
        return true;
    }

    /// <summary>Where an included file's own keys end up: below the current keys, which stand below this file's own prefixes.</summary>
    private string[][] Prefixes()
    {
        if (_scope.Count == 0)
        {
            return _prefixes;
        }

        string[] outer = _prefixes.Length > 0 ? _prefixes[0] : [];
        return
        [
            [.. outer, .. _scope],
            .. _prefixes,
        ];
    }
}
