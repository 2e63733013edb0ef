using System.CommandLine;
using Rig.Bench;

// `./rig bench`: every figure is a ratio against something that does the same work in the same run.
RootCommand root = new("Measures RecorderRig against its peers.")
{
    Commands.Record(),
    Commands.Inside(),
    Commands.Snapshots(),
    Commands.Kernel(),
    Commands.Parsers(),
    Commands.Log(),
    Commands.Viewers(),
    Commands.All(),
};
InvocationConfiguration configuration = new() { ProcessTerminationTimeout = Commands.CleanUpTime };
return await root.Parse(args.Length == 0 ? ["--help"] : args).InvokeAsync(configuration);
