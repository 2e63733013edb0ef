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
        Option<string?> name = new("--as") { Description = "Name of the lighthouse; the one before, or the computer's, when left out." };
        Command command = new("restore", "Makes the stopped lighthouse of --data, or a new one, hold what a snapshot holds. Then start it.")
        {
            file,
            name,
        };
        command.SetAction(
            (parsed, cancel) =>
                Guarded.RunAsync(async () =>
                {
                    LighthouseOptions options = flags.Read(parsed);
                    options = options with { Name = parsed.GetValue(name) ?? options.Name };
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
