// The way in: text or file to a resolved object.
namespace Rig.Node.Configuration.Hocon;

/// <summary>
/// Reads HOCON as its specification says, with these limits of its own: a configuration's root is an object (an empty file is an empty one),
/// <c>include</c> takes files only (no URLs or class paths), and everything is bounded by <see cref="HoconLimits"/>.
/// </summary>
public static class HoconDocument
{
    /// <summary>Reads files one over the other, later ones winning, resolved together, so that a substitution sees the whole.</summary>
    /// <param name="paths">The files, the weakest first.</param>
    /// <param name="environment">Looks up an environment variable; null when it is unset.</param>
    /// <param name="read">Opens files, from disk unless given.</param>
    /// <exception cref="HoconException">A file is missing, broken or beyond a limit.</exception>
    public static HoconObject Load(IEnumerable<string> paths, Func<string, string?> environment, HoconFileReader? read = null)
    {
        var includes = new HoconIncludes(read ?? HoconIncludes.ReadFile);
        var root = new ObjectSyntax(HoconOrigin.Outside("no file"));
        foreach (var path in paths)
        {
            root.Merge(includes.OpenRoot(path));
        }

        return new HoconResolver(root, environment).Resolve();
    }

    /// <summary>Reads one text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">The name for origins; includes are relative to its folder.</param>
    /// <param name="environment">Looks up an environment variable; none are set unless given.</param>
    /// <param name="read">Opens included files, from disk unless given.</param>
    /// <exception cref="HoconException">The text is broken or beyond a limit.</exception>
    public static HoconObject Parse(string text, string file, Func<string, string?>? environment = null, HoconFileReader? read = null)
    {
        var root = new HoconIncludes(read ?? HoconIncludes.ReadFile).OpenText(text, file);
        return new HoconResolver(root, environment ?? (_ => null)).Resolve();
    }
}
