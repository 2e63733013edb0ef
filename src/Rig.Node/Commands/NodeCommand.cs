using System.CommandLine;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
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
        Command command = new("node", "Runs a node: its cameras, its recorder, its HTTP server.") { file };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(file), _ => { }, cancel));
        return command;
    }

    /// <param name="file">The configuration file; null for the defaults.</param>
    /// <param name="ready">Told the address once the node answers.</param>
    public static async Task<int> RunAsync(string? file, Action<string> ready, CancellationToken cancel)
    {
        ConfigurationStore store;
        try
        {
            store = ConfigurationStore.Open(new ConfigurationSetup { File = file, Schemes = BuiltInSources.All() });
        }
        catch (ConfigurationException error)
        {
            foreach (ConfigurationProblem problem in error.Problems)
            {
                await Console.Error.WriteLineAsync(problem.ToString());
            }

            return ExitCodes.Usage;
        }

        await using WebApplication app = NodeHost.Build(store, new SteadyTime(TimeProvider.System));
        try
        {
            await app.StartAsync(cancel);
        }
        catch (IOException error)
        {
            await Console.Error.WriteLineAsync($"The node cannot start: {error.Message}");
            return ExitCodes.Failed;
        }

        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        await Console.Out.WriteLineAsync($"Node {store.Current.Options.Node.Id} answers at {address}");
        ready(address);
        await app.WaitForShutdownAsync(cancel);
        return ExitCodes.Ok;
    }
}
