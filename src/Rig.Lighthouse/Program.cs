using System.CommandLine;
using Rig.Lighthouse.Commands;

// The program of a lighthouse. `rig lighthouse ...` passes its words on as they are.
RootCommand root = new("The lighthouse of a RecorderRig: its etcd, its CA, its tokens.") { LighthouseCommand.Create() };
return await root.Parse(OptionFile.Expand(root, args)).InvokeAsync();
