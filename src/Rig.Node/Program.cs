using System.CommandLine;
using Rig.Node.Commands;
using Rig.Node.Commands.Up;

// The program of a node: what runs on the machine that has the cameras. `rig` passes these commands on with the same words.
RootCommand root = new("The node of a RecorderRig: records cameras.")
{
    NodeCommand.Create(),
    UpCommand.Create(),
    RecordCommand.Create(),
    VerifyCommand.Create(),
    ConfigCommand.Create(),
};

// A node that is told to end closes its files first, and a slow disk takes longer than the library's two seconds; whoever waits has a limit of his own.
InvocationConfiguration invocation = new() { ProcessTerminationTimeout = TimeSpan.FromMinutes(2) };
return await root.Parse(args).InvokeAsync(invocation);
