using System.CommandLine;
using Rig.Lighthouse.Setup;
using Rig.Lighthouse.Upkeep;

namespace Rig.Lighthouse.Commands;

/// <summary><c>lighthouse restore</c>: a lighthouse from a snapshot.</summary>
internal static class RestoreCommand
{
    public static Command Create(RunFlags flags)
    {
        Argument<string> file = new("file") { Description = "A snapshot (etcd.*.db)." };
        Command command = new("restore", "Makes the stopped lighthouse of --data, or a new one, hold what a snapshot holds. Then start it.")
        {
            file,
        };
        command.SetAction(
            (parsed, cancel) =>
                Guarded.RunAsync(async () =>
                {
                    LighthouseOptions options = flags.Read(parsed);
                    LighthouseFile facts = await Restore.RunAsync(
                        options,
                        Path.GetFullPath(parsed.GetRequiredValue(file)),
                        TimeProvider.System,
                        cancel
                    );
                    await Console.Out.WriteLineAsync(
                        $"Rig {facts.RigId} is restored in {Path.GetFullPath(options.Data)}. Start it: rig lighthouse --data {options.Data}. "
                            + "Other lighthouses join it again with empty folders: rig lighthouse token --role lighthouse."
                    );
                    return ExitCodes.Ok;
                })
        );
        return command;
    }
}
