namespace Rig.Media.Tests.Support;

/// <summary>
/// Finds the shared test media, which lie beside the repository and not in it: walks up to the folder that holds the solution, then
/// to <c>../shared/media</c>.
/// </summary>
public static class SharedMedia
{
    private const string Solution = "RecorderRig.sln";

    /// <summary>The folder of the shared media; null when they are not there.</summary>
    public static string? Root { get; } = Find();

    /// <summary>Why tests that need the media are skipped; null when they can run.</summary>
    public static string? SkipReason { get; } =
        Find() is null ? "The shared media (../shared/media beside the repository) are not there." : null;

    /// <summary>The full path of a shared file, <paramref name="name"/> as in truth.json ("es/test-25fps.h264").</summary>
    public static string Path(string name) =>
        System.IO.Path.Combine(
            Root ?? throw new InvalidOperationException(SkipReason),
            name.Replace('/', System.IO.Path.DirectorySeparatorChar)
        );

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path(name));

    /// <summary>The full path of a sample that is copied beside the test assembly.</summary>
    public static string Sample(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "samples", name);

    private static string? Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, Solution)))
            {
                string media = System.IO.Path.Combine(folder.Parent?.FullName ?? folder.FullName, "shared", "media");
                return Directory.Exists(media) ? media : null;
            }
        }

        return null;
    }
}

/// <summary>A test that needs the shared media; skipped with the reason where they are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedMediaFactAttribute : FactAttribute
{
    public SharedMediaFactAttribute() => Skip = SharedMedia.SkipReason;
}

/// <summary>A theory that needs the shared media; skipped with the reason where they are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedMediaTheoryAttribute : TheoryAttribute
{
    public SharedMediaTheoryAttribute() => Skip = SharedMedia.SkipReason;
}
