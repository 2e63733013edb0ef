// What every command shares: global options, the client for the chosen node, the choice between JSON and text.
using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rig.Cli.Client;
using Rig.Contracts.Json;

namespace Rig.Cli;

/// <summary>One run's options and surroundings.</summary>
internal sealed class CommandContext(CliHost host, IReadOnlyList<string> args)
{
    /// <summary>Where a node listens unless told otherwise.</summary>
    public const string DefaultNode = "http://127.0.0.1:8080";

    public CliHost Host { get; } = host;

    /// <summary>The command line as it was given, for programs that take over.</summary>
    public IReadOnlyList<string> Args { get; } = args;

    public Option<string?> Node { get; } =
        new("--node")
        {
            Description = $"Address of the node. Default: the environment's RIG_NODE, or {DefaultNode}.",
            HelpName = "URL",
            Recursive = true,
        };

    public Option<string?> Token { get; } =
        new("--token")
        {
            Description =
                "Token by which the node knows who asks. Default: RIG_TOKEN, the file RIG_TOKEN_FILE, rig login, or this machine's own.",
            HelpName = "TOKEN",
            Recursive = true,
        };

    /// <summary>Where tokens are found and kept.</summary>
    public Credentials Credentials { get; } = new(host.Environment);

    public Option<bool> Json { get; } = new("--json") { Description = "Answer in JSON, as the node's API gives it.", Recursive = true };

    /// <summary>The client for the chosen node.</summary>
    /// <exception cref="CliException">The address is no HTTP URL.</exception>
    public NodeClient Client(ParseResult parsed)
    {
        var text = parsed.GetValue(Node) ?? Host.Environment("RIG_NODE") ?? DefaultNode;
        var withScheme = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        return Uri.TryCreate(withScheme, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? new NodeClient(address, Credentials.For(address, parsed.GetValue(Token)), Host.Environment("RIG_CA"))
            : throw new CliException(ExitCode.Usage, $"\"{text}\" is no address of a node", $"Give one such as {DefaultNode}.");
    }

    /// <summary>Writes an answer as JSON, if that was asked for.</summary>
    /// <returns>Whether it was.</returns>
    public async Task<bool> WriteJsonAsync<T>(ParseResult parsed, T answer, Func<RigJson, JsonTypeInfo<T>> type)
    {
        if (parsed.GetValue(Json))
        {
            await Host.Output.WriteLineAsync(JsonSerializer.Serialize(answer, type(RigJson.Indented)));
            return true;
        }

        return false;
    }
}
