using System.Xml.Linq;

namespace Rig.Tidy.Tests;

/// <summary>The dependency rules of the architecture: what a project may refer to.</summary>
public sealed class DependencyTests
{
    private static readonly Dictionary<string, string[]> MayReferTo = new(StringComparer.Ordinal)
    {
        ["Rig.Contracts"] = [],
        ["Rig.Kernel"] = [],
        ["Rig.Media"] = [],
        ["Rig.Streams"] = ["Rig.Media"],
        ["Rig.Cluster"] = ["Rig.Kernel", "Rig.Contracts"],
        ["Rig.Actors"] = ["Rig.Kernel", "Rig.Contracts", "Rig.Streams", "Rig.Cluster"],
        ["Rig.Node"] = ["Rig.Contracts", "Rig.Kernel", "Rig.Media", "Rig.Streams", "Rig.Cluster", "Rig.Actors"],
        ["Rig.Lighthouse"] = ["Rig.Cluster"],
        ["Rig.Cli"] = ["Rig.Contracts"],
    };

    private static readonly Dictionary<string, string[]> MayUsePackages = new(StringComparer.Ordinal)
    {
        ["Rig.Contracts"] = [],
        ["Rig.Kernel"] = ["Microsoft.Data.Sqlite.Core", "SQLitePCLRaw.core", "SQLitePCLRaw.provider.e_sqlite3"],
        ["Rig.Media"] = [],
        ["Rig.Streams"] = [],
        ["Rig.Cluster"] = ["Microsoft.Data.Sqlite.Core", "SQLitePCLRaw.core", "SQLitePCLRaw.provider.e_sqlite3"],
    };

    public static TheoryData<string> Projects => [.. Repository.Files("*.csproj", "src").Select(Repository.Name)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_what_the_architecture_allows(string project)
    {
        string name = Path.GetFileNameWithoutExtension(project);
        Assert.True(MayReferTo.TryGetValue(name, out string[]? allowed), $"{name} is not in the architecture's table.");
        XDocument file = XDocument.Load(Path.Combine(Repository.Root, project));
        Assert.All(
            References(file, "ProjectReference").Select(Path.GetFileNameWithoutExtension),
            reference => Assert.Contains(reference, allowed)
        );
        if (MayUsePackages.TryGetValue(name, out string[]? packages))
        {
            Assert.All(References(file, "PackageReference"), package => Assert.Contains(package, packages));
        }
    }

    [Fact]
    public void The_media_plane_never_names_an_actor() =>
        Assert.All(
            Repository.Files("*.cs", "src/Rig.Media", "src/Rig.Streams"),
            file => Assert.False(File.ReadAllText(file).Contains("using Akka", StringComparison.Ordinal), Repository.Name(file))
        );

    private static IEnumerable<string> References(XDocument project, string kind) =>
        project.Descendants(kind).Select(reference => (string?)reference.Attribute("Include")).OfType<string>();
}
