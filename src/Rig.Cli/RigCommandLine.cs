// The command line as a whole: which commands there are, global options, errors to exit codes. A command's own words are in Commands/.
using System.CommandLine;
using System.CommandLine.Help;
using Rig.Cli.Client;
using Rig.Cli.Commands;
using Rig.Cli.Output;

namespace Rig.Cli;

/// <summary>Builds and runs the command line.</summary>
internal static class RigCommandLine
{
    /// <summary>Runs one command line.</summary>
    /// <param name="args">The words after <c>rig</c>.</param>
    /// <param name="host">Where it runs.</param>
    /// <param name="cancellation">Set when the person presses Ctrl-C.</param>
    public static async Task<ExitCode> RunAsync(string[] args, CliHost host, CancellationToken cancellation)
    {
        var root = Build(new CommandContext(host, args));
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await host.Error.WriteLineAsync($"rig: {error.Message}");
            }

            await host.Error.WriteLineAsync($"Try: {Usage(parsed.CommandResult.Command)} --help");
            return ExitCode.Usage;
        }

        var invocation = new InvocationConfiguration
        {
            Output = host.Output,
            Error = host.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return (ExitCode)await parsed.InvokeAsync(invocation, cancellation);
        }
        catch (CliException failed)
        {
            await Complaint.WriteAsync(host.Error, failed.Message, failed.Remedy);
            return failed.Code;
        }
        catch (NodeProblemException refused)
        {
            await Complaint.WriteAsync(host.Error, refused.Problem);
            return refused.ExitCode;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }

    /// <summary>The tree of commands.</summary>
    public static RootCommand Build(CommandContext context)
    {
        var root = new RootCommand("RecorderRig: records every camera of a rig from the same instant.")
        {
            UpCommand.Create(context),
            NodeCommand.Create(context),
            LighthouseCommand.Create(context),
            RecordCommand.Create(context),
            StatusCommand.Create(context),
            WatchCommand.Create(context),
            StartCommand.Create(context),
            StopCommand.Create(context),
            MarkCommand.Create(context),
            CamerasCommand.Create(context),
            SnapshotCommand.Create(context),
            RecordingsCommand.Create(context),
            VerifyCommand.Create(context),
            SelfTestCommand.Create(context),
            ConfigCommand.Create(context),
            ClusterCommand.Create(context),
            ActorCommand.Create(context),
            LogCommand.Create(context),
            LoginCommand.Create(context),
            LoginCommand.CreateLogout(context),
            TokenCommand.Create(context),
            UserCommand.Create(context),
            ScriptCommands.Bench(context),
            ScriptCommands.Test(context),
            CompletionCommand.Create(context),
        };
        root.Options.Add(context.Node);
        root.Options.Add(context.Token);
        root.Options.Add(context.Json);
        root.SetAction(_ =>
        {
            root.Parse(["--help"]).Invoke(new InvocationConfiguration { Output = context.Host.Error });
            return (int)ExitCode.Usage;
        });
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    private static string Usage(Command command) =>
        command is RootCommand ? "rig" : $"{Usage(command.Parents.OfType<Command>().First())} {command.Name}";
}
