using System.Reflection;

namespace Rig.Dashboard.Tests.Support;

/// <summary>The checkout and the programs that were built in it.</summary>
internal static class Checkout
{
    public static string Root { get; } = FindRoot();

    public static string Node { get; } = Built("Rig.Node", "rig-node");

    public static string Lighthouse { get; } = Built("Rig.Lighthouse", "rig-lighthouse");

    /// <summary>What the tests keep for people to look at; not part of the repository.</summary>
    public static string Artifacts { get; } = Directory.CreateDirectory(Path.Combine(Root, "artifacts", "dashboard")).FullName;

    private static string Built(string project, string program)
    {
        string configuration = typeof(Checkout)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(data => data.Key == "Configuration")
            .Value!;
        return Path.Combine(Root, "src", project, "bin", configuration, "net10.0", program);
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "RecorderRig.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("RecorderRig.sln is in no folder above the tests.");
    }
}
