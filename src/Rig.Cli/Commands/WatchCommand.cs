using System.CommandLine;
using System.Threading.Channels;
using Rig.Cli.Client;
using Rig.Cli.Output;
using Rig.Contracts.Events;
using Rig.Contracts.Nodes;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rig.Cli.Commands;

/// <summary><c>rig watch</c>: on a terminal a picture that is kept fresh; into a pipe the events, a line each.</summary>
internal static class WatchCommand
{
    /// <summary>How often the status is asked for; events come at once.</summary>
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);

    /// <summary>Wait before a node that went away is tried again.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    /// <summary>Events shown under the table: the lower half of a small terminal.</summary>
    private const int ShownEvents = 8;

    public static Command Create(CommandContext context)
    {
        var progress = new Option<bool>("--progress") { Description = "With the progress of every recording camera, once a second." };
        var command = new RigCommand(
            "watch",
            "Shows a node live, with what happens, until Ctrl-C. Into a pipe or with --json: every event, a line each.",
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
                var first = await client.StatusAsync(cancellation);
                var json = parsed.GetValue(context.Json);
                var live = !json && context.Host.Console.Profile.Capabilities.Interactive;
                try
                {
                    await (
                        live
                            ? ShowAsync(context.Host, client, first, parsed.GetValue(progress), cancellation)
                            : PrintAsync(context.Host, client, json, parsed.GetValue(progress), cancellation)
                    );
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

    private static async Task PrintAsync(CliHost host, NodeClient client, bool json, bool progress, CancellationToken cancellation)
    {
        await foreach (var happened in EventsAsync(client, host, progress, cancellation))
        {
            await host.Output.WriteLineAsync(json ? happened.Json : EventText.Line(happened));
            await host.Output.FlushAsync(cancellation);
        }
    }

    private static async Task ShowAsync(CliHost host, NodeClient client, NodeStatus first, bool progress, CancellationToken cancellation)
    {
        // Status and events come from two tasks; the picture is drawn by this one alone.
        var changes = Channel.CreateBounded<object>(new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropOldest });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var tasks = new[]
        {
            PollAsync(client, host.Time, changes.Writer, stop.Token),
            FollowAsync(client, host, progress, changes.Writer, stop.Token),
        };
        try
        {
            await host.Console.Live(StatusView.Create(first)).StartAsync(live => DrawAsync(live, first, changes.Reader, cancellation));
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task DrawAsync(
        LiveDisplayContext live,
        NodeStatus first,
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
                case NodeStatus fresh:
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

    private static Rows Picture(NodeStatus status, string? trouble, IEnumerable<string> events) =>
        new([
            StatusView.Create(status),
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
                changes.TryWrite(await client.StatusAsync(cancellation));
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
        bool progress,
        ChannelWriter<object> changes,
        CancellationToken cancellation
    )
    {
        await foreach (var happened in EventsAsync(client, host, progress, cancellation))
        {
            changes.TryWrite(happened);
        }
    }

    /// <summary>Events without end: when the node goes away it is tried again, from the last event seen.</summary>
    private static async IAsyncEnumerable<NodeEvent> EventsAsync(
        NodeClient client,
        CliHost host,
        bool progress,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        string? last = null;
        while (true)
        {
            await using var events = client.EventsAsync(last, cancellation).GetAsyncEnumerator(cancellation);
            while (await NextAsync(events))
            {
                last = events.Current.Id ?? last;
                if (progress || events.Current.Event is not RecordingProgress)
                {
                    yield return events.Current;
                }
            }

            await Task.Delay(Retry, host.Time, cancellation);
        }
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<NodeEvent> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (CliException away) when (away.Code == ExitCode.Unreachable)
        {
            return false;
        }
    }
}
