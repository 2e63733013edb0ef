using System.CommandLine;
using Rig.Cli.Client;
using Rig.Cli.Output;
using Rig.Contracts.Cluster;
using Rig.Contracts.Events;

namespace Rig.Cli.Commands;

/// <summary><c>rig cluster ...</c>: what an operator of an actor cluster expects, on the usual words.</summary>
internal static class ClusterCommand
{
    public static Command Create(CommandContext context) =>
        new RigCommand("cluster", "Looks after the cluster of nodes: who is in it, who leads, who has to go.", "rig cluster show")
        {
            Show(context),
            Status(context),
            Members(context),
            Leader(context),
            Join(context),
            Leave(context),
            Down(context),
            DownUnreachable(context),
            Tail(context),
        };

    private static RigCommand Show(CommandContext context) =>
        Asking(
            context,
            new RigCommand("show", "Engine, coordinator, members, and what they disagree on.", "rig cluster show"),
            rig =>
            {
                context.Host.Console.Write(RigView.Cluster(rig));
                return ExitCode.Ok;
            }
        );

    private static RigCommand Status(CommandContext context) =>
        Asking(
            context,
            new RigCommand(
                "status",
                "One line, and an exit code for scripts: 0 when the shared state answers, a coordinator acts and every member is reached, 5 otherwise.",
                "rig cluster status || alert"
            ),
            rig =>
            {
                var up = rig.Members.Count(member => member.View is { State: MemberState.Up, Reachable: true });
                var gone = rig.Members.Count(member => member.View.State == MemberState.Left);
                var good = rig.Cluster is { Reachable: true, CoordinatorState: CoordinatorState.Active } && up + gone == rig.Members.Count;
                context.Host.Output.WriteLine(
                    $"{(good ? "healthy" : "degraded")}: {rig.Cluster.Engine} {(rig.Cluster.Reachable ? "answers" : "is away")}, "
                        + $"coordinator {rig.Cluster.Coordinator ?? "none"}, {up} of {rig.Members.Count - gone} members reached"
                );
                return good ? ExitCode.Ok : ExitCode.Partly;
            }
        );

    private static RigCommand Members(CommandContext context) =>
        Asking(
            context,
            new RigCommand("members", "The members with address, state, cameras and clock.", "rig cluster members"),
            rig =>
            {
                context.Host.Console.Write(RigView.Members(rig));
                return ExitCode.Ok;
            }
        );

    private static RigCommand Leader(CommandContext context) =>
        Asking(
            context,
            new RigCommand("leader", "The node that coordinates; exit code 5 while there is none.", "rig cluster leader"),
            rig =>
            {
                context.Host.Output.WriteLine(rig.Cluster.Coordinator ?? "none");
                return rig.Cluster.Coordinator is null ? ExitCode.Partly : ExitCode.Ok;
            }
        );

    private static RigCommand Join(CommandContext context)
    {
        var lighthouse = new Argument<string>("LIGHTHOUSE") { Description = "Its discovery address, such as http://lighthouse:9110." };
        var token = new Option<string>("--token")
        {
            Description = "One-use token from: rig lighthouse token.",
            HelpName = "T",
            Required = true,
        };
        var command = new RigCommand(
            "join",
            "Makes the node that is asked part of a lighthouse's rig.",
            "rig cluster join http://10.0.0.2:9110 --token ..."
        )
        {
            lighthouse,
            token,
        };
        return Changing(
            context,
            command,
            (client, parsed, cancellation) =>
                client.JoinClusterAsync(new ClusterJoin(parsed.GetValue(lighthouse)!, parsed.GetValue(token)!), cancellation)
        );
    }

    private static RigCommand Leave(CommandContext context)
    {
        var node = NodeArgument.Optional("The node that is asked, if none is named.");
        var command = new RigCommand(
            "leave",
            "Takes a node out of the cluster with a farewell. It goes on recording, alone.",
            "rig cluster leave",
            "rig cluster leave CAM_R"
        )
        {
            node,
        };
        return Changing(
            context,
            command,
            async (client, parsed, cancellation) =>
                await client.LeaveClusterAsync(parsed.GetValue(node) ?? (await client.RigAsync(cancellation)).AnsweredBy, cancellation)
        );
    }

    private static RigCommand Down(CommandContext context)
    {
        var node = new Argument<string>("NODE") { Description = "A member that failed or cannot be reached." };
        var command = new RigCommand("down", "Strikes a lost member off the list. One that lives joins again.", "rig cluster down CAM_R")
        {
            node,
        };
        return Changing(context, command, (client, parsed, cancellation) => client.DownAsync(parsed.GetValue(node)!, cancellation));
    }

    private static RigCommand DownUnreachable(CommandContext context) =>
        Changing(
            context,
            new RigCommand(
                "down-unreachable",
                "Strikes off every member that failed or that the asked node cannot reach.",
                "rig cluster down-unreachable"
            ),
            async (client, _, cancellation) =>
            {
                var rig = await client.RigAsync(cancellation);
                var lost = rig
                    .Members.Where(member => member.View.State == MemberState.Failed || !member.View.Reachable)
                    .Select(member => member.View.Member.NodeId)
                    .ToList();
                foreach (var node in lost)
                {
                    await client.DownAsync(node, cancellation);
                }

                return new ClusterChanged(lost, lost.Count == 0 ? "Every member is reached." : "Struck off.");
            }
        );

    private static RigCommand Tail(CommandContext context)
    {
        var command = new RigCommand("tail", "What happens in the cluster, a line each, until Ctrl-C.", "rig cluster tail");
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                // Every node says what it sees of the others; one view is enough.
                var asked = (await client.MeAsync(cancellation)).Node;
                var events = RigEvents.FollowAsync(client, asked, context.Host.Time, OfCluster, cancellation);
                await EventLines.PrintAsync(context, parsed, events, cancellation);
                return (int)ExitCode.Ok;
            }
        );
        return command;
    }

    private static bool OfCluster(RigEvent happened) =>
        happened.Topic.StartsWith("cluster.", StringComparison.Ordinal) || happened is SessionChanged;

    private static RigCommand Asking(CommandContext context, RigCommand command, Func<RigStatus, ExitCode> show)
    {
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                var rig = await client.RigAsync(cancellation);
                return (int)(await context.WriteJsonAsync(parsed, rig, json => json.RigStatus) ? ExitCode.Ok : show(rig));
            }
        );
        return command;
    }

    private static RigCommand Changing(
        CommandContext context,
        RigCommand command,
        Func<NodeClient, ParseResult, CancellationToken, Task<ClusterChanged>> change
    )
    {
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                var changed = await change(client, parsed, cancellation);
                if (!await context.WriteJsonAsync(parsed, changed, json => json.ClusterChanged))
                {
                    var nodes = changed.Nodes.Count == 0 ? "" : $"{string.Join(", ", changed.Nodes)}: ";
                    await context.Host.Output.WriteLineAsync($"{nodes}{changed.Text}");
                }

                return (int)ExitCode.Ok;
            }
        );
        return command;
    }
}
