using System.Text;
using Spectre.Console;

namespace Rig.Cli.Tests;

/// <summary>Runs command lines in this process and keeps what they wrote.</summary>
internal sealed class TestRun
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 14, 30, 0, TimeSpan.Zero);

    private TestRun(ExitCode code, string output, string error) => (Code, Output, Error) = (code, output, error);

    public ExitCode Code { get; }

    public string Output { get; }

    public string Error { get; }

    public static Task<TestRun> Of(TestNode node, params string[] args) => Of([.. args, "--node", node.Url], _ => null);

    public static Task<TestRun> Of(params string[] args) => Of(args, _ => null);

    public static async Task<TestRun> Of(
        string[] args,
        Func<string, string?> environment,
        Func<string, IReadOnlyList<string>, string>? become = null,
        TextWriter? output = null,
        bool terminal = false,
        CancellationToken cancellation = default
    )
    {
        output ??= new StringWriter();
        var error = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = terminal ? AnsiSupport.Yes : AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = terminal ? InteractionSupport.Yes : InteractionSupport.No,
                Out = new AnsiConsoleOutput(output),
            }
        );
        console.Profile.Width = 200;
        var host = new CliHost
        {
            Output = output,
            Error = error,
            Console = console,
            Environment = environment,
            Time = new StoppedTime(),
            Become = become ?? ((program, _) => $"{program} is not to be run"),
        };
        var code = await RigCommandLine.RunAsync(args, host, cancellation);
        return new TestRun(code, output.ToString() ?? "", error.ToString());
    }

    /// <summary>Always the same instant; timers as the system's.</summary>
    private sealed class StoppedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }

    /// <summary>Text that calls back when something was written.</summary>
    public sealed class WatchedWriter(Action<string> wrote) : StringWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override async Task WriteLineAsync(string? value)
        {
            await base.WriteLineAsync(value);
            wrote(ToString());
        }

        public override void Write(string? value)
        {
            base.Write(value);
            wrote(ToString());
        }
    }
}
