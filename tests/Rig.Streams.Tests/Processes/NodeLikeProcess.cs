using System.Diagnostics;
using Rig.Streams.Processes;

namespace Rig.Streams.Tests.Processes;

/// <summary>A process that holds a child as a node does, until it is killed.</summary>
internal static class NodeLikeProcess
{
    /// <summary>Starts the process; gives it and the id of its child.</summary>
    public static async Task<(Process Node, int Child)> StartAsync(string program, params string[] arguments)
    {
        string[] all = ["exec", typeof(NodeLikeProcess).Assembly.Location, "hold-child", program, .. arguments];
        Process node = Process.Start(new ProcessStartInfo("dotnet", all) { UseShellExecute = false, RedirectStandardOutput = true })!;
        string? line = await node.StandardOutput.ReadLineAsync();
        return (node, int.Parse(line!));
    }

    /// <summary>What that process does.</summary>
    public static async Task<int> HoldChildAsync(string program, string[] arguments)
    {
        // From a thread that ends at once: the child must not end with it.
        ChildProcess? child = null;
        var starter = new Thread(() => child = ChildProcess.Start(new ChildCommand { Program = program, Arguments = arguments }));
        starter.Start();
        starter.Join();
        await Console.Out.WriteLineAsync($"{child!.Id}");
        await child.Exited;
        await Console.Out.WriteLineAsync("the child ended");
        return 1;
    }
}
