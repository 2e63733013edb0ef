using System.Text.RegularExpressions;

namespace Rig.Kernel.Tests;

/// <summary>Reads a list of public signatures, C# without bodies, into members by type.</summary>
internal static partial class SurfaceList
{
    private static readonly Dictionary<string, string> s_keywords = new(StringComparer.Ordinal)
    {
        ["object"] = "Object",
        ["string"] = "String",
        ["int"] = "Int32",
        ["uint"] = "UInt32",
        ["long"] = "Int64",
        ["bool"] = "Boolean",
        ["double"] = "Double",
        ["float"] = "Single",
        ["decimal"] = "Decimal",
        ["byte"] = "Byte",
        ["char"] = "Char",
    };

    private static readonly Dictionary<string, string> s_operators = new(StringComparer.Ordinal)
    {
        ["=="] = "op_Equality",
        ["!="] = "op_Inequality",
        ["/"] = "op_Division",
        ["+"] = "op_Addition",
    };

    public static void Read(IEnumerable<string> lines, Dictionary<string, HashSet<string>> surface)
    {
        var scopes = new Stack<string>();
        var pending = "";
        foreach (var raw in lines)
        {
            var line = raw.Trim();
            if (line == "{")
            {
                scopes.Push(pending);
            }
            else if (line == "}")
            {
                scopes.Pop();
            }
            else if (Namespace().Match(line) is { Success: true } space)
            {
                pending = space.Groups[1].Value;
            }
            else if (Declaration().Match(line) is { Success: true } type)
            {
                pending = $"{scopes.Peek()}.{type.Groups[1].Value}";
                surface.TryAdd(pending, new HashSet<string>(StringComparer.Ordinal));
                if (line.EndsWith("{ }", StringComparison.Ordinal) || line.EndsWith(';'))
                {
                    continue;
                }
            }
            else if (scopes.TryPeek(out var owner) && surface.TryGetValue(owner, out var members))
            {
                AddMember(line, owner[(owner.LastIndexOf('.') + 1)..], members);
            }
        }
    }

    private static void AddMember(string line, string type, HashSet<string> members)
    {
        var text = Attributes().Replace(line, "");
        if (text.Length == 0 || text[0] is '[' or '}')
        {
            return;
        }
        var open = text.IndexOf('(');
        if (
            open < 0
            || text.Contains(" const ", StringComparison.Ordinal)
            || text.Contains("{ get;", StringComparison.Ordinal)
            || text.Contains("{ set;", StringComparison.Ordinal)
        )
        {
            // A property, a field, or a value of an enumeration.
            var name = FieldName().Match(text);
            if (name.Success)
            {
                members.Add(name.Groups[1].Value);
            }
            return;
        }
        var head = WithoutGenerics(text[..open]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var called = head[^1];
        called = s_operators.GetValueOrDefault(called, called);
        var parameters = Split(text[(open + 1)..MatchingParenthesis(text, open)]).Select(ParameterType);
        members.Add($"{(called == type && head.Length <= 2 ? ".ctor" : called)}({string.Join(',', parameters)})");
    }

    private static string WithoutGenerics(string text)
    {
        var plain = Generic().Replace(text, "");
        return plain.Length == text.Length ? plain : WithoutGenerics(plain);
    }

    private static int MatchingParenthesis(string text, int open)
    {
        var depth = 0;
        for (var i = open; i < text.Length; i++)
        {
            depth += text[i] switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if (depth == 0)
            {
                return i;
            }
        }
        return text.Length;
    }

    /// <summary>Splits at commas that are not inside angle brackets.</summary>
    private static IEnumerable<string> Split(string parameters)
    {
        var (depth, start) = (0, 0);
        for (var i = 0; i < parameters.Length; i++)
        {
            depth += parameters[i] switch
            {
                '<' => 1,
                '>' => -1,
                _ => 0,
            };
            if (parameters[i] == ',' && depth == 0)
            {
                yield return parameters[start..i];
                start = i + 1;
            }
        }
        if (parameters.AsSpan(start).Trim().Length > 0)
        {
            yield return parameters[start..];
        }
    }

    private static string ParameterType(string parameter)
    {
        var text = Modifier().Replace(parameter.Trim(), "");
        var generic = text.IndexOf('<', StringComparison.Ordinal);
        var isArray = text.Contains("[]", StringComparison.Ordinal);
        var name = generic >= 0 ? text[..generic] : text.Split(' ')[0].Replace("[]", "", StringComparison.Ordinal);
        var simple = name[(name.LastIndexOf('.') + 1)..];
        return s_keywords.GetValueOrDefault(simple, simple) + (isArray ? "[]" : "");
    }

    [GeneratedRegex(@"^namespace (\S+)$")]
    private static partial Regex Namespace();

    [GeneratedRegex(
        @"^(?:(?:public|protected|abstract|sealed|static|readonly|new) )*(?:class|struct|interface|enum|delegate \S+(?: [^ (]+>)?) (?:static )?(\w+)"
    )]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^\[[^\]]*\] ?|\[System\.[^\]]*\] ?")]
    private static partial Regex Attributes();

    [GeneratedRegex(@"(\w+)(?: =.*)?(?: \{.*\}|;|,)\s*$")]
    private static partial Regex FieldName();

    [GeneratedRegex("<[^<>]*>")]
    private static partial Regex Generic();

    [GeneratedRegex(@"^(?:(?:this|params|out|ref|in) )+")]
    private static partial Regex Modifier();
}
