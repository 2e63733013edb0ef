using System.CommandLine;

namespace Rig.Cli.Commands;

/// <summary><c>rig record SOURCE… --dir DIR</c></summary>
internal static class RecordCommand
{
    public static Command Create(CommandContext context)
    {
        var sources = new Argument<string[]>("SOURCE")
        {
            Description = "Source URIs; they become cam0, cam1, ...",
            Arity = ArgumentArity.OneOrMore,
        };
        var folder = new Option<string>("--dir")
        {
            Description = "Where the files go.",
            HelpName = "DIR",
            Required = true,
        };
        var session = new Option<string?>("--session")
        {
            Description = "Name of the session; made from the time when not given.",
            HelpName = "ID",
        };
        var rotate = new Option<double?>("--rotate") { Description = "Minutes in a file; 30 when left out.", HelpName = "MINUTES" };
        var duration = new Option<double?>("--duration") { Description = "Seconds after which it ends by itself.", HelpName = "SECONDS" };
        var command = new RigCommand(
            "record",
            "Records sources without a node or a rig, until Ctrl-C or until they end: the same files, crash-safe, from the same instant.",
            "rig record test:1280x720@30 --dir /tmp/clips --duration 10",
            "rig record v4l2:/dev/video0 rtsp://camera/1 --dir /srv/clips --rotate 10"
        )
        {
            sources,
            folder,
            session,
            rotate,
            duration,
        };
        command.SetAction(_ => (int)NodeProgram.TakeOver(context));
        return command;
    }
}
