using System.CommandLine;
using Rig.Node.Configuration;

namespace Rig.Node.Commands;

/// <summary><c>config check</c>: reads a configuration file as a node would, and names every mistake.</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        Argument<string> file = new("file") { Description = "A configuration file." };
        Command check = new("check", "Names every mistake of a configuration file with its line.") { file };
        check.SetAction((parsed, _) => CheckAsync(parsed.GetRequiredValue(file)));
        return new Command("config", "Works on configuration files.") { check };
    }

    private static async Task<int> CheckAsync(string file)
    {
        IReadOnlyList<ConfigurationProblem> problems = ConfigurationStore.Check(new ConfigurationSetup { File = file });
        foreach (ConfigurationProblem problem in problems)
        {
            await Console.Error.WriteLineAsync(problem.ToString());
        }

        return problems.Count == 0 ? ExitCodes.Ok : ExitCodes.Failed;
    }
}
