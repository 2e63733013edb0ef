using System.CommandLine;
using Rig.Contracts.Cluster;
using Spectre.Console;

namespace Rig.Cli.Commands;

/// <summary><c>rig actor hierarchy [NODE]</c></summary>
internal static class ActorCommand
{
    public static Command Create(CommandContext context)
    {
        var node = NodeArgument.Optional("The node that is asked, if none is named.");
        var hierarchy = new RigCommand(
            "hierarchy",
            "The tree of actors that run on a node.",
            "rig actor hierarchy",
            "rig actor hierarchy CAM_L"
        )
        {
            node,
        };
        hierarchy.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                var root = await client.ActorsAsync(parsed.GetValue(node), cancellation);
                if (!await context.WriteJsonAsync(parsed, root, json => json.ActorNode))
                {
                    var tree = new Tree(Label(root)) { Guide = TreeGuide.Line };
                    Add(tree, root);
                    context.Host.Console.Write(tree);
                }

                return (int)ExitCode.Ok;
            }
        );
        return new RigCommand("actor", "Looks into a node's actors.", "rig actor hierarchy") { hierarchy };
    }

    private static void Add(IHasTreeNodes parent, ActorNode actor)
    {
        foreach (var child in actor.Children)
        {
            Add(parent.AddNode(Label(child)), child);
        }
    }

    private static string Label(ActorNode actor) => $"{Markup.Escape(actor.Name)} [grey]{Markup.Escape(actor.Type)}[/]";
}
