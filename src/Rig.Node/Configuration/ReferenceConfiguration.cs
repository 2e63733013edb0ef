// hocon/reference.conf as it was when this program was built: the weakest layer of every configuration, and the users' description of each key.
using Rig.Node.Configuration.Hocon;

namespace Rig.Node.Configuration;

/// <summary>The built-in reference.</summary>
public static class ReferenceConfiguration
{
    /// <summary>Its name in origins.</summary>
    public const string Name = "reference.conf";

    /// <summary>Its text.</summary>
    public static string Text { get; } = Read();

    /// <summary>The same with the commented camera <c>cam0</c> in force: every key that there can be, on the same lines.</summary>
    public static string TextWithCamera { get; } = WithCamera(Text);

    private static readonly string[] Lines = TextWithCamera.Split('\n');

    /// <summary>The comment above a key of the reference, on one line; empty when there is none.</summary>
    /// <param name="key">Where the key stands.</param>
    public static string Comment(HoconOrigin key)
    {
        if (key.File != Name || key.Line < 1 || key.Line > Lines.Length)
        {
            return "";
        }

        var first = key.Line - 1;
        while (first > 0 && Lines[first - 1].TrimStart().StartsWith('#'))
        {
            first--;
        }

        return string.Join(' ', Lines[first..(key.Line - 1)].Select(line => line.Trim().TrimStart('#').Trim()));
    }

    /// <summary>The description of a key; any camera's keys are described by those of <c>cam0</c>. Null when there is none.</summary>
    /// <param name="reference"><see cref="TextWithCamera"/>, parsed.</param>
    /// <param name="key">Dotted key.</param>
    public static string? Describe(HoconObject reference, string key)
    {
        HoconMember? member = null;
        var scope = reference;
        var path = key.Split('.');
        for (var i = 0; i < path.Length; i++)
        {
            var name = i == 1 && path[0] == "cameras" ? "cam0" : path[i];
            if (scope is null || !scope.TryGet(name, out member))
            {
                return null;
            }

            scope = member.Value as HoconObject;
        }

        return member is null ? null
            : Comment(member.KeyOrigin) is { Length: > 0 } comment ? comment
            : null;
    }

    /// <summary>Takes the first # from the lines of the commented camera, which are those that have it with no space after it, and their body.</summary>
    private static string WithCamera(string text)
    {
        var lines = text.Split('\n');
        var first = Array.FindIndex(lines, line => line.StartsWith("  #cam0 {", StringComparison.Ordinal));
        var last = Array.FindIndex(lines, Math.Max(first, 0), line => line.StartsWith("  #}", StringComparison.Ordinal));
        for (var i = first; first >= 0 && i <= last; i++)
        {
            lines[i] = "  " + lines[i].TrimStart()[1..];
        }

        return string.Join('\n', lines);
    }

    private static string Read()
    {
        using var stream =
            typeof(ReferenceConfiguration).Assembly.GetManifestResourceStream(Name)
            ?? throw new InvalidOperationException($"{Name} is not built in.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
