// The whole rig as tables and lines: what `rig status`, `rig watch` and `rig cluster show` print.
using Rig.Contracts.Cluster;
using Rig.Contracts.Nodes;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rig.Cli.Output;

internal static class RigView
{
    /// <summary>The rig with all that its nodes say. A rig of one node is shown as that node.</summary>
    public static IRenderable Create(RigStatus rig)
    {
        if (rig is { Members: [{ Status: { } only }], Disagreements: [] })
        {
            return StatusView.Create(only);
        }

        var nodes = rig.Members.Select(member => member.Status).OfType<NodeStatus>().ToList();
        return new Rows([
            Head(rig),
            new Markup(StatusView.Session(rig.Session, rig.Time)),
            Members(rig),
            StatusView.Cameras([.. nodes.SelectMany(node => node.Cameras)], withNode: true),
            .. nodes.SelectMany(node =>
                node.Gates.Where(gate => gate.Level != GateLevel.Ok).Select(gate => StatusView.Gate(gate, node.NodeId))
            ),
            .. nodes.SelectMany(node => StatusView.Warnings(node).Select(warning => Line("!", $"{node.NodeId}: {warning}"))),
            .. Trouble(rig),
        ]);
    }

    /// <summary>Engine, leader, members and what they disagree on, without cameras.</summary>
    public static IRenderable Cluster(RigStatus rig) => new Rows([Head(rig), Members(rig), .. Trouble(rig)]);

    /// <summary>The members with what they say of themselves.</summary>
    public static Table Members(RigStatus rig)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("node", "state", "address", "cameras", "disk", "clock", "since");
        foreach (var member in rig.Members)
        {
            var (view, status) = (member.View, member.Status);
            var leads = view.Member.NodeId == rig.Cluster.Coordinator;
            table.AddRow(
                $"{Markup.Escape(view.Member.NodeId)}{(leads ? "\n[grey]coordinator[/]" : "")}",
                State(view),
                Markup.Escape($"{view.Member.HttpAddress}\n{view.Member.Version}"),
                Markup.Escape(string.Join(' ', view.Member.Cameras)),
                status is { Disk: var disk } ? $"{Show.Size(disk.FreeBytes)}\n{Show.Number(disk.FreePercent, "0")} % free" : Show.None,
                status is null ? Show.None : StatusView.Clock(status.Clock),
                Show.Time(view.StateSince)
            );
        }

        return table;
    }

    private static Markup Head(RigStatus rig)
    {
        var cluster = rig.Cluster;
        var engine = cluster.Reachable
            ? StatusView.Coloured(cluster.Engine, "green")
            : StatusView.Coloured($"cluster away{(cluster.Reason is null ? "" : $": {cluster.Reason}")}", "red");
        var leader = cluster.Coordinator is { } node ? $"coordinator {Markup.Escape(node)}" : StatusView.Coloured("no coordinator", "red");
        var state = cluster.CoordinatorState is { } now ? $" ({Show.Word(now)})" : "";
        return new Markup(
            $"rig [bold]{Markup.Escape(rig.RigId)}[/]  {engine}  {leader}{state}  seen from {Markup.Escape(rig.AnsweredBy)}  {Show.Time(rig.Time)}"
        );
    }

    private static string State(MemberView view)
    {
        var state = StatusView.Coloured(Show.Word(view.State), view.State == MemberState.Up ? "green" : "red");
        return view is { State: MemberState.Up, Reachable: false } ? $"{state}\n[red]unreachable[/]" : state;
    }

    /// <summary>Members that did not answer, and what contradicts.</summary>
    private static IEnumerable<IRenderable> Trouble(RigStatus rig) =>
        rig
            .Members.Where(member => member.Error is not null)
            .Select(member => Line("!", $"{member.View.Member.NodeId}: {member.Error}"))
            .Concat(rig.Disagreements.Select(disagreement => Line("≠", $"{disagreement.Text} {disagreement.Remedy}")));

    private static Markup Line(string sign, string text) => new($"[yellow]{sign}[/] {Markup.Escape(text)}");
}
