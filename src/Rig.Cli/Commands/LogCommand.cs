using System.CommandLine;
using System.Text.Json;
using Rig.Cli.Client;
using Rig.Cli.Output;
using Rig.Contracts.Json;
using Rig.Contracts.Operations;

namespace Rig.Cli.Commands;

/// <summary><c>rig log peek|tail [NODE]</c></summary>
internal static class LogCommand
{
    /// <summary>How often a followed log is asked for what is new.</summary>
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);

    /// <summary>As many as a node keeps.</summary>
    private const int Most = 200;

    public static Command Create(CommandContext context) =>
        new RigCommand("log", "Warnings and errors of a node, from its memory.", "rig log peek", "rig log tail CAM_L")
        {
            Peek(context),
            Tail(context),
        };

    private static RigCommand Peek(CommandContext context)
    {
        var (node, level) = (Node(), Level());
        var lines = new Option<int>("--lines")
        {
            Description = "At most so many.",
            HelpName = "N",
            DefaultValueFactory = _ => 20,
        };
        var command = new RigCommand("peek", "The newest lines.", "rig log peek --lines 50", "rig log peek CAM_R --level error")
        {
            node,
            level,
            lines,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                var page = await client.LogAsync(parsed.GetValue(node), parsed.GetValue(level), parsed.GetValue(lines), null, cancellation);
                await WriteAsync(context, parsed, page);
                return (int)ExitCode.Ok;
            }
        );
        return command;
    }

    private static RigCommand Tail(CommandContext context)
    {
        var (node, level) = (Node(), Level());
        var command = new RigCommand("tail", "The newest lines and those that come, until Ctrl-C.", "rig log tail", "rig log tail CAM_L")
        {
            node,
            level,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                try
                {
                    await FollowAsync(context, parsed, client, parsed.GetValue(node), parsed.GetValue(level), cancellation);
                }
                catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
                {
                    // Ctrl-C is how one stops watching.
                }

                return (int)ExitCode.Ok;
            }
        );
        return command;
    }

    private static async Task FollowAsync(
        CommandContext context,
        ParseResult parsed,
        NodeClient client,
        string? node,
        string? level,
        CancellationToken cancellation
    )
    {
        var page = await client.LogAsync(node, level, 10, null, cancellation);
        long last = 0;
        using var timer = new PeriodicTimer(Refresh, context.Host.Time);
        do
        {
            // A node that was started again counts from 1.
            if (page.Lines.Count > 0)
            {
                last = page.Lines.Max(line => line.Number);
            }

            await WriteAsync(context, parsed, page);
            await timer.WaitForNextTickAsync(cancellation);
            try
            {
                page = await client.LogAsync(node, level, Most, last, cancellation);
            }
            catch (CliException away) when (away.Code == ExitCode.Unreachable)
            {
                (page, last) = (new LogPage([]), 0);
            }
        } while (true);
    }

    /// <summary>Oldest first, as one reads.</summary>
    private static async Task WriteAsync(CommandContext context, ParseResult parsed, LogPage page)
    {
        var json = parsed.GetValue(context.Json);
        foreach (var line in page.Lines.Reverse())
        {
            await context.Host.Output.WriteLineAsync(
                json
                    ? JsonSerializer.Serialize(line, RigJson.Default.LogLine)
                    : $"{Show.Clock(line.Time)}  {line.Level, -8}  {line.Source}  {line.Text}"
            );
        }

        await context.Host.Output.FlushAsync();
    }

    private static Argument<string?> Node() => NodeArgument.Optional("The node that is asked, if none is named.");

    private static Option<string?> Level()
    {
        var level = new Option<string?>("--level")
        {
            Description = "This level and what is worse: warning, error, critical.",
            HelpName = "LEVEL",
        };
        level.AcceptOnlyFromAmong("warning", "error", "critical");
        return level;
    }
}
