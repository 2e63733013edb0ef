using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;

namespace Rig.Node.Dashboard;

/// <summary>A file of the dashboard, ready to be sent.</summary>
/// <param name="Path">As it is asked for: <c>/assets/index-1a2b3c.js</c>; <c>/</c> is the page.</param>
/// <param name="Tag">Strong entity tag with its quotes.</param>
/// <param name="Packed">The same by gzip; null where that saves nothing.</param>
/// <param name="Immutable">Its name carries a hash of its content.</param>
internal sealed record DashboardFile(string Path, string Type, string Tag, byte[] Bytes, byte[]? Packed, bool Immutable);

/// <summary>The built dashboard (<c>web/dist</c>), which the build embeds into this program; empty when it was not built then.</summary>
internal sealed class DashboardFiles
{
    /// <summary>Of every embedded file's name; set in the project file.</summary>
    private const string Prefix = "dashboard/";

    private const string Page = "index.html";

    /// <summary>Vite puts what has a hash in its name here.</summary>
    private const string Hashed = "assets/";

    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".webmanifest"] = "application/manifest+json",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private DashboardFiles(FrozenDictionary<string, DashboardFile> files) => Files = files;

    /// <summary>By path.</summary>
    public FrozenDictionary<string, DashboardFile> Files { get; }

    public static DashboardFiles Read() => Read(typeof(DashboardFiles).Assembly);

    internal static DashboardFiles Read(Assembly assembly) =>
        new(
            assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
                .Select(name => Make(name[Prefix.Length..], Content(assembly, name)))
                .ToFrozenDictionary(file => file.Path, StringComparer.Ordinal)
        );

    internal static DashboardFile Make(string name, byte[] content)
    {
        string extension = System.IO.Path.GetExtension(name);
        byte[] packed = Pack(content);
        return new DashboardFile(
            name == Page ? "/" : "/" + name,
            Types.GetValueOrDefault(extension, "application/octet-stream"),
            $"\"{Convert.ToHexStringLower(SHA256.HashData(content)[..12])}\"",
            content,
            packed.Length < content.Length * 9 / 10 ? packed : null,
            name.StartsWith(Hashed, StringComparison.Ordinal)
        );
    }

    private static byte[] Content(Assembly assembly, string name)
    {
        using Stream resource = assembly.GetManifestResourceStream(name)!;
        byte[] content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }

    private static byte[] Pack(byte[] content)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.SmallestSize))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }
}
