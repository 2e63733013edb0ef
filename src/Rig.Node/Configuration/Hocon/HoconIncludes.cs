// Opening files for include statements: relative to the including file, bounded in depth, number and size, cycles refused.
using System.Text;

namespace Rig.Node.Configuration.Hocon;

/// <summary>Reads a file, or returns null when there is none.</summary>
/// <param name="path">Absolute path.</param>
public delegate string? HoconFileReader(string path);

/// <summary>The includes of one configuration.</summary>
internal sealed class HoconIncludes(HoconFileReader read)
{
    private readonly Stack<string> _open = new();
    private int _files;

    /// <summary>Objects and arrays open in all open files together: they share one stack.</summary>
    public int Depth { get; set; }

    /// <summary>Reads the configuration's own file; it must exist.</summary>
    public ObjectSyntax OpenRoot(string path)
    {
        var origin = HoconOrigin.Outside("the command line");
        return OpenAt(Path.GetFullPath(path), origin, [])
            ?? throw new HoconException(origin, $"the configuration file {path} does not exist");
    }

    /// <summary>Reads a text that stands in no file of its own; its includes are relative to <paramref name="file"/>.</summary>
    public ObjectSyntax OpenText(string text, string file) => HoconParser.Parse(text, file, this, []);

    /// <summary>The fields of an included file, or null when it does not exist and need not.</summary>
    public ObjectSyntax? Open(string name, string from, HoconOrigin origin, bool required, string[][] prefixes)
    {
        if (name.Length == 0 || name.Contains('\0', StringComparison.Ordinal))
        {
            throw new HoconException(origin, "include needs the name of a file");
        }

        var path = Path.GetFullPath(name, Path.GetDirectoryName(Path.GetFullPath(from)) ?? "/");
        // "Include semantics: file formats and extensions": a name without extension means any of the formats read here.
        var found = OpenAt(path, origin, prefixes);
        if (found is null && !Path.HasExtension(path))
        {
            found = OpenAt(path + ".conf", origin, prefixes) ?? OpenAt(path + ".json", origin, prefixes);
        }

        return found is null && required ? throw new HoconException(origin, $"the included file {path} does not exist") : found;
    }

    /// <summary>Reads a file of at most <see cref="HoconLimits.MaxFileBytes"/> from disk; null when there is none.</summary>
    /// <exception cref="HoconException">It is too long, no UTF-8, or cannot be read.</exception>
    public static string? ReadFile(string path)
    {
        var origin = new HoconOrigin(path, 0, 0);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[HoconLimits.MaxFileBytes + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length <= HoconLimits.MaxFileBytes
                ? new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, 0, length)
                : throw new HoconException(origin, $"longer than {HoconLimits.MaxFileBytes} bytes");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (ArgumentException broken)
        {
            throw new HoconException(origin, $"is not UTF-8: {broken.Message}");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new HoconException(origin, $"cannot be read: {refused.Message}");
        }
    }

    private ObjectSyntax? OpenAt(string path, HoconOrigin origin, string[][] prefixes)
    {
        if (_open.Contains(path, StringComparer.Ordinal))
        {
            throw new HoconException(origin, $"include cycle: {string.Join(" includes ", _open.Reverse().Append(path))}");
        }

        if (_open.Count >= HoconLimits.MaxIncludeDepth || ++_files > HoconLimits.MaxFiles)
        {
            throw new HoconException(
                origin,
                $"more than {HoconLimits.MaxIncludeDepth} includes inside each other, or {HoconLimits.MaxFiles} in all"
            );
        }

        if (read(path) is not { } text)
        {
            return null;
        }

        _open.Push(path);
        var fields = HoconParser.Parse(text, path, this, prefixes);
        _open.Pop();
        return fields;
    }
}
