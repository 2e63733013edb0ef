using System.CommandLine;

namespace Rig.Cli.Commands;

/// <summary><c>rig verify FILE…</c></summary>
internal static class VerifyCommand
{
    public static Command Create(CommandContext context)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Recordings; files of one camera and session are taken together.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new RigCommand(
            "verify",
            "Decodes files, reads the stamp in every picture, and counts missing and duplicated ones; across files, how far their beginnings lie apart.",
            "rig verify recordings/DEMO/*.mp4"
        )
        {
            files,
        };
        command.SetAction(_ => (int)NodeProgram.TakeOver(context));
        return command;
    }
}
