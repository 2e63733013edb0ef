using System.CommandLine;
using System.CommandLine.Parsing;

namespace Rig.Lighthouse.Commands;

/// <summary>
/// The small file of <c>--config</c>: <c>name = value</c> a line, the names of the flags, <c>#</c> for comments. It becomes flags before the
/// command line is read, so that every check and message is the same; what stands on the command line wins.
/// </summary>
internal static class OptionFile
{
    private const string Flag = "--config";

    /// <summary>The command line with the file's lines in it. What cannot be read becomes a flag that is refused with its line.</summary>
    public static string[] Expand(RootCommand root, string[] args)
    {
        ParseResult parsed = root.Parse(args);
        Command run = root.Subcommands.Single();
        if (parsed.GetResult(run.Options.Single(option => option.Name == Flag)) is not { Tokens: [{ Value: var path }] })
        {
            return args;
        }

        HashSet<string> given =
        [
            .. run.Options.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name),
        ];
        return [args[0], .. Lines(path).Where(line => !given.Contains(line[0])).SelectMany(line => line), .. args.Skip(1)];
    }

    private static IEnumerable<string[]> Lines(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return
            [
                [$"{path}: {error.Message}"],
            ];
        }

        return lines.Select((text, index) => Line(path, index + 1, text)).OfType<string[]>();
    }

    private static string[]? Line(string path, int number, string text)
    {
        text = text.Split('#')[0].Trim();
        if (text.Length == 0)
        {
            return null;
        }

        return text.Split('=', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 } name, { Length: > 0 } value]
            ? [$"--{name}", value.Trim('"')]
            : [$"{path}:{number}: name = value is expected"];
    }
}
