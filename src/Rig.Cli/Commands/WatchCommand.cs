using System.CommandLine;
using System.Threading.Channels;
using Rig.Cli.Client;
using Rig.Cli.Output;
using Rig.Contracts.Cluster;
using Rig.Contracts.Events;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rig.Cli.Commands;

/// <summary><c>rig watch</c>: on a terminal a picture that is kept fresh; into a pipe the events, a line each.</summary>
internal static class WatchCommand
{
    /// <summary>How often the status is asked for; events come at once.</summary>
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);

    /// <summary>Events shown under the table: the lower half of a small terminal.</summary>
    private const int ShownEvents = 8;

    public static Command Create(CommandContext context)
    {
        var progress = new Option<bool>("--progress") { Description = "With the progress of every recording camera, once a second." };
        var command = new RigCommand(
            "watch",
            "Shows the rig live, with what happens, until Ctrl-C. Into a pipe or with --json: every event, a line each.",
            "rig watch",
            "rig watch --json | jq .topic"
        )
        {
            progress,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                bool Wanted(RigEvent happened) => parsed.GetValue(progress) || happened is not RecordingProgress;
                var first = await client.RigAsync(cancellation);
                if (parsed.GetValue(context.Json) || !context.Host.Console.Profile.Capabilities.Interactive)
                {
                    var events = RigEvents.FollowAsync(client, null, context.Host.Time, Wanted, cancellation);
                    await EventLines.PrintAsync(context, parsed, events, cancellation);
                    return (int)ExitCode.Ok;
                }

                try
                {
                    await ShowAsync(context.Host, client, first, Wanted, cancellation);
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

    private static async Task ShowAsync(
        CliHost host,
        NodeClient client,
        RigStatus first,
        Func<RigEvent, bool> wanted,
        CancellationToken cancellation
    )
    {
        // Status and events come from two tasks; the picture is drawn by this one alone.
        var changes = Channel.CreateBounded<object>(new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropOldest });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var tasks = new[]
        {
            PollAsync(client, host.Time, changes.Writer, stop.Token),
            FollowAsync(client, host, wanted, changes.Writer, stop.Token),
        };
        try
        {
            await host.Console.Live(RigView.Create(first)).StartAsync(live => DrawAsync(live, first, changes.Reader, cancellation));
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task DrawAsync(
        LiveDisplayContext live,
        RigStatus first,
        ChannelReader<object> changes,
        CancellationToken cancellation
    )
    {
        var status = first;
        string? trouble = null;
        var events = new Queue<string>();
        await foreach (var change in changes.ReadAllAsync(cancellation))
        {
            switch (change)
            {
                case RigStatus fresh:
                    (status, trouble) = (fresh, null);
                    break;
                case NodeEvent happened:
                    events.Enqueue(EventText.Line(happened));
                    while (events.Count > ShownEvents)
                    {
                        events.Dequeue();
                    }

                    break;
                case CliException away:
                    trouble = away.Message;
                    break;
                default:
                    break;
            }

            live.UpdateTarget(Picture(status, trouble, events));
        }
    }

    private static Rows Picture(RigStatus status, string? trouble, IEnumerable<string> events) =>
        new([
            RigView.Create(status),
            .. trouble is null ? Array.Empty<IRenderable>() : [new Markup($"[red]{Markup.Escape(trouble)}[/]")],
            .. events.Select(line => new Markup($"[grey]{Markup.Escape(line)}[/]")),
        ]);

    private static async Task PollAsync(NodeClient client, TimeProvider time, ChannelWriter<object> changes, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Refresh, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            try
            {
                changes.TryWrite(await client.RigAsync(cancellation));
            }
            catch (CliException away)
            {
                changes.TryWrite(away);
            }
        }
    }

    private static async Task FollowAsync(
        NodeClient client,
        CliHost host,
        Func<RigEvent, bool> wanted,
        ChannelWriter<object> changes,
        CancellationToken cancellation
    )
    {
        await foreach (var happened in RigEvents.FollowAsync(client, null, host.Time, wanted, cancellation))
        {
            changes.TryWrite(happened);
        }
    }
}
