// --help as System.CommandLine writes it, with a command's examples after it.
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Rig.Cli;

/// <summary>A command with examples.</summary>
internal sealed class RigCommand(string name, string description, params IReadOnlyList<string> examples) : Command(name, description)
{
    /// <summary>Whole command lines, each with what it does after a <c>#</c>.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}

internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var code = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is RigCommand { Examples.Count: > 0 } command)
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var example in command.Examples)
            {
                output.WriteLine($"  {example}");
            }

            output.WriteLine();
        }

        return code;
    }
}
