using System.Text.RegularExpressions;

namespace Rig.Tidy.Tests;

/// <summary>The documents hold together.</summary>
public sealed partial class DocumentTests
{
    public static TheoryData<string> Documents =>
        [.. Repository.Files("*.md", "docs", "tests").Concat(Directory.EnumerateFiles(Repository.Root, "*.md")).Select(Repository.Name)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_relative_link_leads_to_a_file(string document)
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, document));
        string folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;
        Assert.All(
            Link().Matches(text).Select(match => match.Groups["target"].Value),
            target => Assert.True(Path.Exists(Path.Combine(folder, target)), $"{document} links to {target}, which is not there.")
        );
    }

    [Fact]
    public void Every_source_project_has_a_test_project() =>
        Assert.All(
            Repository.Files("*.csproj", "src").Select(file => Path.GetFileNameWithoutExtension(file)),
            project => Assert.True(Directory.Exists(Path.Combine(Repository.Root, "tests", project + ".Tests")), project)
        );

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "RecorderRig.sln")).Replace('\\', '/');
        Assert.All(
            Repository.Files("*.csproj", "src", "tests", "bench").Select(Repository.Name),
            project => Assert.Contains(project, solution, StringComparison.Ordinal)
        );
    }

    [GeneratedRegex(
        @"\]\((?!https?:|mailto:|#)(?<target>[^)#\s]+)(#[^)]*)?\)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000
    )]
    private static partial Regex Link();
}
