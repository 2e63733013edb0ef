using Rig.Lighthouse.Tests.Support;

namespace Rig.Lighthouse.Tests;

public sealed class CommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("profile = tin-cans", "profile")]
    [InlineData("join-port = 99999", "99999")]
    [InlineData("nonsense = 1", "nonsense")]
    [InlineData("just words", "lighthouse.conf:2")]
    public async Task A_wrong_line_of_the_file_is_named(string line, string named)
    {
        string file = _folder["lighthouse.conf"];
        await File.WriteAllTextAsync(file, $"# a lighthouse\n{line}\n");
        (int code, string output, string errors) = await Tool.RunAsync(
            Tool.Lighthouse,
            "lighthouse",
            "--config",
            file,
            "--data",
            _folder["data"]
        );
        Assert.NotEqual(0, code);
        Assert.Contains(named, output + errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["data"]));
    }

    [Fact]
    public async Task The_command_line_wins_over_the_file()
    {
        string file = _folder["lighthouse.conf"];
        await File.WriteAllTextAsync(file, $"data = {_folder["from-file"]}\nname = \"x y\"\n");
        (int code, _, string errors) = await Tool.RunAsync(
            Tool.Lighthouse,
            "lighthouse",
            "--config",
            file,
            "--name",
            "fine",
            "--join",
            "127.0.0.1:1",
            "--token",
            "none"
        );
        Assert.Equal(1, code);
        Assert.Contains("not a whole token", errors, StringComparison.Ordinal);
        Assert.True(Directory.Exists(_folder["from-file"]));
    }

    [Theory]
    [InlineData("token")]
    [InlineData("status")]
    [InlineData("snapshot")]
    [InlineData("replace", "x")]
    public async Task Without_a_lighthouse_a_command_says_where_to_find_one(params string[] words)
    {
        (int code, _, string errors) = await Tool.RunAsync(Tool.Lighthouse, ["lighthouse", .. words, "--data", _folder["empty"]]);
        Assert.Equal(1, code);
        Assert.Contains("--data DIR", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0s")]
    [InlineData("1y")]
    [InlineData("31d")]
    public async Task A_token_lives_from_a_second_to_a_month(string ttl)
    {
        (int code, _, string errors) = await Tool.RunAsync(Tool.Lighthouse, "lighthouse", "token", "--ttl", ttl);
        Assert.NotEqual(0, code);
        Assert.Contains(ttl, errors, StringComparison.Ordinal);
    }
}
