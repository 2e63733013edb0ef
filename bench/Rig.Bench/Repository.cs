namespace Rig.Bench;

/// <summary>Where things are in the repository that this program was built in.</summary>
internal static class Repository
{
    private const string Mark = "RecorderRig.sln";

    /// <exception cref="InvalidOperationException">The program was moved out of its repository.</exception>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>The node's program, built by <c>./rig</c> or <c>dotnet build src/Rig.Node -c Release</c>.</summary>
    public static string Node => Path.Combine(Root, "src", "Rig.Node", "bin", "Release", "net10.0", "rig-node");

    private static string Find(string start)
    {
        string? folder = start;
        while (folder is not null && !File.Exists(Path.Combine(folder, Mark)))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException($"No {Mark} above {start}.");
    }
}
