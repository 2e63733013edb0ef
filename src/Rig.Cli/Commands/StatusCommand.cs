using System.CommandLine;
using Rig.Cli.Output;
using Rig.Contracts.Cluster;
using Rig.Contracts.Nodes;

namespace Rig.Cli.Commands;

/// <summary><c>rig status [NODE]</c></summary>
internal static class StatusCommand
{
    public static Command Create(CommandContext context)
    {
        var id = NodeArgument.Optional("One node of the rig, in detail.");
        var command = new RigCommand(
            "status",
            "Shows the whole rig: nodes, cameras, session, and what is wrong. Any node answers for all.",
            "rig status                            # asks the node on this machine",
            "rig status CAM_L",
            "rig status --node http://10.0.0.5:8080 --json"
        )
        {
            id,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                var rig = await client.RigAsync(cancellation);
                if (parsed.GetValue(id) is { } one)
                {
                    var status = Member(rig, one);
                    if (!await context.WriteJsonAsync(parsed, status, json => json.NodeStatus))
                    {
                        context.Host.Console.Write(StatusView.Create(status));
                    }
                }
                else if (!await context.WriteJsonAsync(parsed, rig, json => json.RigStatus))
                {
                    context.Host.Console.Write(RigView.Create(rig));
                }

                return (int)ExitCode.Ok;
            }
        );
        return command;
    }

    private static NodeStatus Member(RigStatus rig, string node)
    {
        var member =
            rig.Members.FirstOrDefault(member => member.View.Member.NodeId == node)
            ?? throw new CliException(
                ExitCode.Refused,
                $"The rig has no node {node}.",
                $"It has {string.Join(", ", rig.Members.Select(member => member.View.Member.NodeId))}."
            );
        return member.Status
            ?? throw new CliException(
                ExitCode.Unreachable,
                $"{rig.AnsweredBy} could not ask {node}{(member.Error is null ? "" : $": {member.Error.TrimEnd('.')}")}.",
                $"Ask it itself: rig status --node {member.View.Member.HttpAddress}"
            );
    }
}
