namespace Rig.Tidy.Tests;

/// <summary>The checkout that the tests run in, as files.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>Files that belong to the project: below the named folders, without build output.</summary>
    public static IEnumerable<string> Files(string pattern, params string[] folders) =>
        folders
            .Select(folder => Path.Combine(Root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
            .Where(file => !Path.GetRelativePath(Root, file).Split('/').Any(part => part is "bin" or "obj" or "node_modules"));

    public static string Name(string file) => Path.GetRelativePath(Root, file);

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "RecorderRig.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("RecorderRig.sln is in no folder above the tests.");
    }
}
