using System.CommandLine;
using Rig.Cli.Output;

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
        var duration = new Option<double?>("--duration")
        {
            Description = "End by itself after so long.",
            HelpName = "TIME",
            CustomParser = Duration.Parse,
        };
        var rotation = new Option<double?>("--rotation")
        {
            Description = "Length of a file; 30m unless given.",
            HelpName = "TIME",
            CustomParser = Duration.Parse,
        };
        var command = new RigCommand(
            "record",
            "Records sources without a node or a rig, until Ctrl-C or until they end: the same files, crash-safe, from the same instant.",
            "rig record test:1280x720@30 --dir /tmp/clips --duration 10s",
            "rig record v4l2:/dev/video0 rtsp://camera/1 --dir /srv/clips --rotation 10m"
        )
        {
            sources,
            folder,
            session,
            duration,
            rotation,
        };
        command.SetAction(_ => (int)NodeProgram.TakeOver(context));
        return command;
    }
}
