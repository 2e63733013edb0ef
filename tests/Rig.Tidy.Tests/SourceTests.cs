using System.Text.RegularExpressions;

namespace Rig.Tidy.Tests;

/// <summary>What no source file may contain, and what each must have.</summary>
public sealed partial class SourceTests
{
    /// <summary>Longer files are split: nobody reads them in one go.</summary>
    private const int LongestFile = 500;

    [Theory]
    [InlineData(@"\bDateTime(Offset)?\.(UtcNow|Now)\b", "time comes from a TimeProvider")]
    [InlineData(@"\bThread\.Sleep\b", "nothing sleeps; wait on a condition or a timer")]
    [InlineData(@"\basync void\b", "exceptions of async void end the process")]
    [InlineData(@"catch\s*(\([^)]*\))?\s*\{\s*\}", "an error is handled, counted or explained")]
    [InlineData(@"\bStopwatch\.GetTimestamp\(\)", "time comes from a TimeProvider")]
    [InlineData(@"#pragma warning disable", "write it so that the analyzer agrees, or change the rule in .editorconfig with a reason")]
    [InlineData(@"\bTODO\b|\bFIXME\b|NotImplementedException", "finish it or leave it out")]
    public void Product_code_does_not_contain(string pattern, string instead)
    {
        Regex banned = new(pattern, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10));
        Assert.All(
            Repository.Files("*.cs", "src"),
            file => Assert.False(banned.IsMatch(File.ReadAllText(file)), $"{Repository.Name(file)}: {instead}")
        );
    }

    [Fact]
    public void Tests_do_not_wait_by_the_clock() =>
        Assert.All(
            Repository.Files("*.cs", "tests").Where(file => !file.EndsWith(nameof(SourceTests) + ".cs", StringComparison.Ordinal)),
            file => Assert.False(WaitByClock().IsMatch(File.ReadAllText(file)), Repository.Name(file))
        );

    [Fact]
    public void No_source_file_is_too_long_to_read() =>
        Assert.All(
            Repository.Files("*.cs", "src", "tests", "bench"),
            file => Assert.True(File.ReadLines(file).Count() <= LongestFile, $"{Repository.Name(file)} has more than {LongestFile} lines")
        );

    [Fact]
    public void Namespaces_follow_folders() =>
        Assert.All(
            Repository.Files("*.cs", "src").Where(file => !file.Contains("/Rig.Kernel/", StringComparison.Ordinal)),
            file =>
            {
                Match space = Namespace().Match(File.ReadAllText(file));
                if (space.Success)
                {
                    string[] parts = Repository.Name(Path.GetDirectoryName(file)!).Split('/');
                    Assert.Equal(
                        (Repository.Name(file), string.Join('.', parts.Skip(1))),
                        (Repository.Name(file), space.Groups["name"].Value)
                    );
                }
            }
        );

    [Fact]
    public void No_file_names_a_path_or_host_of_a_build_machine() =>
        Assert.All(
            Repository
                .Files("*", "src", "tests", "bench", "docs", "hocon", "deploy", "docker")
                .Concat(Directory.EnumerateFiles(Repository.Root).Where(file => Path.GetFileName(file) != ".git")),
            file => Assert.False(MachinePath().IsMatch(File.ReadAllText(file)), Repository.Name(file))
        );

    [GeneratedRegex(@"Thread\.Sleep|Task\.Delay\(\s*(\d|TimeSpan)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex WaitByClock();

    [GeneratedRegex(
        @"^namespace (?<name>[\w.]+);",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000
    )]
    private static partial Regex Namespace();

    [GeneratedRegex(
        @"/work/(main|shared|w-)|/roo[t]/|api\.nuget|registry\.npmjs|deb\.debian",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000
    )]
    private static partial Regex MachinePath();
}
