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
return await root.Parse(args).InvokeAsync();
