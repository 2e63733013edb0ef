// Which node of the rig a command is about.
using System.CommandLine;

namespace Rig.Cli.Commands;

internal static class NodeArgument
{
    /// <summary>An argument that may be left out.</summary>
    public static Argument<string?> Optional(string description)
    {
        var node = new Argument<string?>("NODE") { Description = description, Arity = ArgumentArity.ZeroOrOne };
        node.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var id }] && id.StartsWith('-'))
            {
                result.AddError($"\"{id}\" is neither an option of this command nor a node.");
            }
        });
        return node;
    }
}
