using System.CommandLine;
using System.CommandLine.Parsing;
using Rig.Cli.Output;
using Rig.Contracts.Sessions;

namespace Rig.Cli.Commands;

/// <summary><c>rig start</c></summary>
internal static class StartCommand
{
    public static Command Create(CommandContext context)
    {
        var session = new Option<string?>("--session")
        {
            Description = "Name of the session; made from the time when not given.",
            HelpName = "ID",
        };
        var cameras = new Option<string[]>("--cameras")
        {
            Description =
                "These cameras only, joined by commas or one after the other; cam0 is one of the asked node, CAM_L/cam0 one of any.",
            HelpName = "CAM",
            AllowMultipleArgumentsPerToken = true,
        };
        var preRoll = new Option<double?>("--pre-roll")
        {
            Description = "Begin so long before now, as far as the cameras' memory reaches.",
            HelpName = "TIME",
            CustomParser = Duration.Parse,
        };
        var at = new Option<DateTimeOffset?>("--at")
        {
            Description = "Begin at this instant rather than now.",
            HelpName = "INSTANT",
            CustomParser = Instant.Parse,
        };
        var duration = new Option<double?>("--duration")
        {
            Description = "End by itself after so long.",
            HelpName = "TIME",
            CustomParser = Duration.Parse,
        };
        var all = new Option<bool>("--require-all") { Description = "Start nothing unless every chosen camera may record." };
        var beep = new Option<bool>("--beep") { Description = "Sound a tone on the machine that is asked, once the cameras record." };
        var force = new Option<bool>("--force") { Description = "Pass over gates that block; the manifest says so." };
        var metadata = new Option<string[]>("--meta") { Description = "A note for the manifest.", HelpName = "KEY=TEXT" };
        metadata.Validators.Add(Pairs);
        var local = new Option<bool>("--local")
        {
            Description = "Only the cameras of the node that is asked, without the coordinator: for when the rig is away.",
        };
        var command = new RigCommand(
            "start",
            "Starts a session: every camera records from the same instant.",
            "rig start --session DEMO",
            "rig start --pre-roll 5s --duration 45m --meta home=Lions --meta away=Tigers",
            "rig start --cameras CAM_L/cam0,CAM_R/cam0 --at 2026-03-01T14:30:00Z --require-all"
        )
        {
            session,
            cameras,
            preRoll,
            at,
            duration,
            all,
            beep,
            force,
            local,
            metadata,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(preRoll) is not null && result.GetResult(at) is not null)
            {
                result.AddError("--pre-roll begins before now and --at at an instant: give one of them.");
            }
        });
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                var ids = (parsed.GetValue(cameras) ?? [])
                    .SelectMany(list => list.Split(',', StringSplitOptions.RemoveEmptyEntries))
                    .ToList();
                var notes = parsed.GetValue(metadata) ?? [];
                var start = new StartSession
                {
                    SessionId = parsed.GetValue(session),
                    Cameras = ids.Count == 0 ? null : ids,
                    At = parsed.GetValue(at),
                    PreRollSeconds = parsed.GetValue(preRoll),
                    DurationSeconds = parsed.GetValue(duration),
                    RequireAll = parsed.GetValue(all),
                    Beep = parsed.GetValue(beep),
                    Force = parsed.GetValue(force),
                    Metadata =
                        notes.Length == 0
                            ? null
                            : notes
                                .Select(note => note.Split('=', 2))
                                .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal),
                    RequestedAt = Press.At(client.Address, context.Host.Time),
                    RequestId = Press.Id(),
                    Local = parsed.GetValue(local),
                };
                return await OutcomeAnswer.WriteAsync(context, parsed, await client.StartAsync(start, cancellation));
            }
        );
        return command;
    }

    private static void Pairs(OptionResult result)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var token in result.Tokens)
        {
            var key = token.Value.Split('=')[0];
            if (key == token.Value || key.Length == 0 || !keys.Add(key))
            {
                result.AddError($"\"{token.Value}\" is no note; write it as key=text, each key once.");
            }
        }
    }
}
