using System.CommandLine;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Rig.Cluster.Joining;
using Rig.Node.Configuration;
using Rig.Node.Hosting;
using Rig.Streams.Clocks;
using Rig.Streams.Sources;

namespace Rig.Node.Commands;

/// <summary><c>node</c>: runs one node until it is told to end.</summary>
internal static class NodeCommand
{
    public static Command Create()
    {
        Argument<string?> file = new("config")
        {
            Description = "The node's configuration file (HOCON); every setting has a default in reference.conf.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<Uri?> join = new("--join")
        {
            Description = "First start in a rig: where a lighthouse answers, http://host:9110. The node keeps what it is told.",
            CustomParser = found =>
            {
                if (Uri.TryCreate(found.Tokens[0].Value, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http")
                {
                    return uri;
                }

                found.AddError($"{found.Tokens[0].Value} is no address of a lighthouse, such as http://10.0.0.2:9110");
                return null;
            },
        };
        Option<string?> token = new("--token") { Description = "With --join: the one-use token from: rig lighthouse token --role camera." };
        Option<bool> lighthouse = new("--lighthouse")
        {
            Description = "Runs a lighthouse beside the node, in the folder lighthouse of its data.",
        };
        Option<string?> lighthouseToken = new("--lighthouse-token")
        {
            Description = "With --lighthouse and --join: the one-use token by which it joins the rig's lighthouses.",
        };
        Option<bool> open = new("--open") { Description = "Asks nobody for a right: for demos on this machine alone." };
        Command command = new("node", "Runs a node: its cameras, its recorder, its HTTP server.")
        {
            file,
            join,
            token,
            lighthouse,
            lighthouseToken,
            open,
        };
        command.SetAction(
            (parsed, cancel) =>
                RunAsync(
                    parsed.GetValue(file),
                    parsed.GetValue(open),
                    new RigEntry(
                        parsed.GetValue(join),
                        parsed.GetValue(token),
                        parsed.GetValue(lighthouse),
                        parsed.GetValue(lighthouseToken)
                    ),
                    cancel
                )
        );
        return command;
    }

    private static Dictionary<string, string?> OpenToAll { get; } = new(StringComparer.Ordinal) { ["access.mode"] = "open" };

    /// <param name="file">The configuration file; null for the defaults.</param>
    /// <param name="open">Nobody is asked for a right.</param>
    private static async Task<int> RunAsync(string? file, bool open, RigEntry entry, CancellationToken cancel)
    {
        ConfigurationStore store;
        try
        {
            store = ConfigurationStore.Open(
                new ConfigurationSetup
                {
                    File = file,
                    Schemes = BuiltInSources.All(),
                    Settings = open ? OpenToAll : new Dictionary<string, string?>(StringComparer.Ordinal),
                }
            );
        }
        catch (ConfigurationException error)
        {
            foreach (ConfigurationProblem problem in error.Problems)
            {
                await Console.Error.WriteLineAsync(problem.ToString());
            }

            return ExitCodes.Usage;
        }

        try
        {
            await using IAsyncDisposable? beside = await entry.EnterAsync(store.Current.Options, TimeProvider.System, cancel);
            return await RunAsync(store, cancel);
        }
        catch (Exception error) when (error is IOException or IdentityException or JoinException)
        {
            await Console.Error.WriteLineAsync($"The node cannot start: {error.Message}");
            return ExitCodes.Failed;
        }
    }

    private static async Task<int> RunAsync(ConfigurationStore store, CancellationToken cancel)
    {
        await using WebApplication app = NodeHost.Build(store, new SteadyTime(TimeProvider.System));
        await app.StartAsync(cancel);
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        await Console.Out.WriteLineAsync($"Node {store.Current.Options.Node.Id} answers at {address}");
        _ = FirstLink.PrintAsync(app.Services, app.Lifetime.ApplicationStopping);
        await app.WaitForShutdownAsync(cancel);
        return ExitCodes.Ok;
    }
}
