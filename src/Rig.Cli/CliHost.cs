// What the commands need of the machine, so that a test can run them as they are.
using System.Collections;
using Spectre.Console;

namespace Rig.Cli;

/// <summary>The surroundings of one run.</summary>
internal sealed record CliHost
{
    /// <summary>Where answers go.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Where complaints go.</summary>
    public required TextWriter Error { get; init; }

    /// <summary><see cref="Output"/> with tables and colours as far as it can show them.</summary>
    public required IAnsiConsole Console { get; init; }

    /// <summary>Where a password is read from when nobody can be asked.</summary>
    public TextReader Input { get; init; } = TextReader.Null;

    /// <summary>Looks up an environment variable.</summary>
    public required Func<string, string?> Environment { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Becomes another program with these arguments; returns only when that failed, with the reason.</summary>
    public required Func<string, IReadOnlyList<string>, string> Become { get; init; }

    /// <summary>The real console and machine.</summary>
    public static CliHost ForConsole() =>
        new()
        {
            Output = System.Console.Out,
            Error = System.Console.Error,
            Input = System.Console.In,
            Console = ForOutput(),
            Environment = System.Environment.GetEnvironmentVariable,
            Time = TimeProvider.System,
            Become = Process.Become,
        };

    /// <summary>Asks for a secret, which is not shown; reads a line where nobody can be asked.</summary>
    /// <exception cref="CliException">There is none.</exception>
    public async Task<string> AskSecretAsync(string question, CancellationToken cancellation)
    {
        var secret =
            Console.Profile.Capabilities.Interactive && !System.Console.IsInputRedirected
                ? await new TextPrompt<string>(question).Secret(null).ShowAsync(Console, cancellation)
                : await Input.ReadLineAsync(cancellation);
        return string.IsNullOrEmpty(secret)
            ? throw new CliException(ExitCode.Usage, "There is no password.", "Type it, or pipe it in.")
            : secret;
    }

    /// <summary>A terminal as it is; a pipe or file without colours, and wide enough that no line is broken.</summary>
    private static IAnsiConsole ForOutput()
    {
        if (!System.Console.IsOutputRedirected)
        {
            return AnsiConsole.Console;
        }

        const int unbroken = 400;
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(System.Console.Out),
            }
        );
        console.Profile.Width = unbroken;
        return console;
    }
}
