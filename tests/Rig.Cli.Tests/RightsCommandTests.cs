using System.Runtime.Versioning;
using Microsoft.AspNetCore.Http;
using Rig.Contracts.Access;
using Rig.Contracts.Json;

namespace Rig.Cli.Tests;

/// <summary>Which token a command sends, and the commands about rights.</summary>
public sealed class RightsCommandTests : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("rig-cli-");
    private readonly List<string?> _sent = [];

    public void Dispose() => _home.Delete(recursive: true);

    [Theory]
    [InlineData("given", "named", "kept", "Bearer given")]
    [InlineData(null, "named", "kept", "Bearer named")]
    [InlineData(null, null, "kept", "Bearer kept")]
    [InlineData(null, null, null, "Bearer local")]
    public async Task The_nearest_token_is_sent(string? given, string? variable, string? kept, string expected)
    {
        await using var node = await NodeAsync();
        var port = new Uri(node.Url).Port;
        Write(Path.Combine("run", "recorder-rig", LocalTokens.FileName(port)), "local\n");
        if (kept is not null)
        {
            Write(Path.Combine("config", "recorder-rig", "logins.json"), $$"""{ "{{node.Url}}": "{{kept}}" }""");
        }

        string[] args = ["login", "--node", node.Url, .. given is null ? (string[])[] : ["--token", given]];
        var run = await TestRun.Of(args, name => Environment(name) ?? (name == "RIG_TOKEN" ? variable : null));
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Equal("kim is operator at CAM_L.", run.Output.Trim());
        Assert.Equal([expected], _sent);
    }

    [Fact]
    public void What_this_machine_has_left_goes_to_this_machine_alone()
    {
        Write(Path.Combine("run", "recorder-rig", LocalTokens.FileName(8080)), "local");
        Assert.Equal("local", new Client.Credentials(Environment).For(new Uri("http://127.0.0.1:8080"), null));
        Assert.Null(new Client.Credentials(Environment).For(new Uri("http://10.0.0.5:8080"), null));
    }

    [Fact]
    public async Task A_token_is_printed_alone_so_that_a_script_can_take_it()
    {
        TokenInfo made = new()
        {
            Id = "k3f9x2ab",
            Name = "wall",
            Role = Role.Viewer,
            Created = TestRun.Now,
            CreatedBy = "kim",
            Token = "rig_k3f9x2ab_secret",
        };
        await using var node = await TestNode.StartAsync(("POST /api/v1/tokens", TestNode.Json(made, RigJson.Default.TokenInfo)));
        var run = await TestRun.Of(node, "token", "create", "wall", "--ttl", "2h");
        Assert.Equal((ExitCode.Ok, "rig_k3f9x2ab_secret"), (run.Code, run.Output.Trim()));
        Assert.Equal("""{"name":"wall","role":"viewer","ttlSeconds":7200}""", node.Requests.Single().Body);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void A_login_is_kept_for_its_node_readable_by_its_user_alone()
    {
        var credentials = new Client.Credentials(Environment);
        var node = new Uri("http://10.0.0.5:8080/");
        credentials.Keep(node, "secret");
        Assert.Equal("secret", credentials.For(node, null));
        Assert.Null(credentials.For(new Uri("http://10.0.0.6:8080"), null));
        var file = Path.Combine(_home.FullName, "config", "recorder-rig", "logins.json");
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        credentials.Keep(node, null);
        Assert.Null(credentials.For(node, null));
    }

    private string? Environment(string name) =>
        name switch
        {
            "XDG_RUNTIME_DIR" => Path.Combine(_home.FullName, "run"),
            "XDG_CONFIG_HOME" => Path.Combine(_home.FullName, "config"),
            _ => null,
        };

    private Task<TestNode> NodeAsync()
    {
        Me me = new()
        {
            Node = "CAM_L",
            Authenticated = true,
            Open = false,
            Name = "kim",
            Role = Role.Operator,
        };
        RequestDelegate answer = TestNode.Json(me, RigJson.Default.Me);
        return TestNode.StartAsync(
            (
                "GET /api/v1/me",
                context =>
                {
                    _sent.Add(context.Request.Headers.Authorization);
                    return answer(context);
                }
            )
        );
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_home.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
