using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Rig.Node.Recording;
using Rig.Streams.Clocks;
using Rig.Streams.Recording;
using Rig.Streams.Sources;

namespace Rig.Node.Commands;

/// <summary><c>record</c>: records sources into a folder until interrupted; no node, no cluster.</summary>
internal static class RecordCommand
{
    public static Command Create()
    {
        Argument<string[]> sources = new("sources")
        {
            Description =
                "What to record: test:1280x720@30, file:clip.ts, v4l2:/dev/video0, tcp://:5000 (every sender becomes a camera), ...",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string> folder = new("--dir") { Description = "Where the files go.", Required = true };
        Option<string?> session = new("--session") { Description = "Name of the session; made from the time when left out." };
        Option<double> rotation = new("--rotate") { Description = "Minutes in a file.", DefaultValueFactory = _ => 30 };
        Option<double?> duration = new("--duration") { Description = "Seconds after which it ends by itself." };
        session.Validators.Add(result =>
        {
            if (result.GetValue(session) is { } id && SegmentName.FindProblem(id) is { } problem)
            {
                result.AddError($"--session {problem}");
            }
        });
        rotation.Validators.Add(result => Bound(result, result.GetValue(rotation), TimeSpan.FromDays(1).TotalMinutes, "minutes"));
        duration.Validators.Add(result => Bound(result, result.GetValue(duration) ?? 1, TimeSpan.FromDays(30).TotalSeconds, "seconds"));
        Command command = new("record", "Records sources into a folder until interrupted; needs no node.")
        {
            sources,
            folder,
            session,
            rotation,
            duration,
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                DirectRecordingOptions options = new()
                {
                    Sources = parsed.GetValue(sources)!,
                    Folder = Path.GetFullPath(parsed.GetValue(folder)!),
                    SessionId =
                        parsed.GetValue(session)
                        ?? TimeProvider.System.GetLocalNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture),
                    Rotation = TimeSpan.FromMinutes(parsed.GetValue(rotation)),
                };
                using CancellationTokenSource limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                if (parsed.GetValue(duration) is { } seconds)
                {
                    limited.CancelAfter(TimeSpan.FromSeconds(seconds));
                }

                try
                {
                    await using DirectRecording recording = new(options, new SteadyTime(TimeProvider.System), Console.Error);
                    return await recording.RunAsync(limited.Token) ? ExitCodes.Ok : ExitCodes.Failed;
                }
                catch (SourceException error)
                {
                    await Console.Error.WriteLineAsync(error.Message);
                    return ExitCodes.Usage;
                }
            }
        );
        return command;
    }

    /// <summary>Numbers that are no span of time would throw far from here.</summary>
    private static void Bound(OptionResult result, double value, double most, string unit)
    {
        if (!(value > 0 && value <= most))
        {
            result.AddError(
                string.Create(CultureInfo.InvariantCulture, $"{result.Option.Name} takes more than 0 and at most {most} {unit}.")
            );
        }
    }
}
