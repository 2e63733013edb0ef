// The way in: texts and files, one over the other, to one resolved object.
namespace Rig.Node.Configuration.Hocon;

/// <summary>
/// Reads HOCON as its specification says, with these limits of its own: a configuration's root is an object (an empty file is an empty one),
/// <c>include</c> takes files only (no URLs or class paths), and everything is bounded by <see cref="HoconLimits"/>.
/// What is added later wins; all is resolved together, so that a substitution sees the whole.
/// </summary>
/// <param name="environment">Looks up an environment variable; null when it is unset.</param>
/// <param name="read">Opens files, from disk unless given.</param>
public sealed class HoconDocument(Func<string, string?> environment, HoconFileReader? read = null)
{
    private readonly HoconIncludes _includes = new(read ?? HoconIncludes.ReadFile);
    private readonly ObjectSyntax _root = new(HoconOrigin.Outside("no file"));

    /// <summary>Reads one text, with no environment unless given.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">The name for origins; includes are relative to its folder.</param>
    /// <param name="environment">Looks up an environment variable; none are set unless given.</param>
    /// <param name="read">Opens included files, from disk unless given.</param>
    /// <exception cref="HoconException">The text is broken or beyond a limit.</exception>
    public static HoconObject Parse(string text, string file, Func<string, string?>? environment = null, HoconFileReader? read = null)
    {
        var document = new HoconDocument(environment ?? (_ => null), read);
        document.AddText(text, file);
        return document.Resolve();
    }

    /// <summary>Adds a text.</summary>
    /// <exception cref="HoconException">It is broken or beyond a limit.</exception>
    public void AddText(string text, string file) => _root.Merge(_includes.OpenText(text, file));

    /// <summary>Adds a file, which must exist.</summary>
    /// <exception cref="HoconException">It is missing, broken or beyond a limit.</exception>
    public void AddFile(string path) => _root.Merge(_includes.OpenRoot(path));

    /// <summary>Sets one value; null as <see cref="HoconScalar.IsNull"/> hides what was set before.</summary>
    public void Set(ReadOnlySpan<string> path, HoconValue value) => _root.Assign(path, value.Origin, Syntax(value));

    /// <summary>The values. The document is used up by it.</summary>
    /// <exception cref="HoconException">A substitution cannot be resolved.</exception>
    public HoconObject Resolve() => new HoconResolver(_root, environment).Resolve();

    private static HoconSyntax Syntax(HoconValue value)
    {
        switch (value)
        {
            case HoconScalar scalar:
                return new ScalarSyntax(scalar.Origin, scalar.Text, scalar.Quoted);
            case HoconArray array:
                return new ArraySyntax(array.Origin, [.. array.Items.Select(Syntax)]);
            default:
                var syntax = new ObjectSyntax(value.Origin);
                foreach (var member in ((HoconObject)value).Members)
                {
                    syntax.Assign([member.Name], member.KeyOrigin, Syntax(member.Value));
                }

                return syntax;
        }
    }
}
