using System.CommandLine;
using System.Runtime.InteropServices;
using Rig.Lighthouse.Setup;

namespace Rig.Lighthouse.Commands;

/// <summary><c>lighthouse</c>: runs one until it is told to end; its subcommands work beside it.</summary>
internal static class LighthouseCommand
{
    public static Command Create()
    {
        RunFlags flags = new();
        Command command = new(
            "lighthouse",
            "Runs a lighthouse: one etcd member, discovery, and the door through which nodes join the rig."
        );
        foreach (Option option in flags.All)
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancel) => Guarded.RunAsync(() => RunAsync(flags.Read(parsed), cancel)));
        command.Subcommands.Add(TokenCommand.Create(flags));
        command.Subcommands.Add(StatusCommand.Create(flags));
        command.Subcommands.Add(SnapshotCommand.Create(flags));
        command.Subcommands.Add(RestoreCommand.Create(flags));
        command.Subcommands.Add(ReplaceCommand.Create(flags));
        return command;
    }

    private static async Task<int> RunAsync(LighthouseOptions options, CancellationToken cancel)
    {
        using ILoggerFactory logs = LoggerFactory.Create(logging =>
            logging.AddSimpleConsole(console => console.SingleLine = false).AddFilter("Microsoft", LogLevel.Warning)
        );
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End(end));
        using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End(end));
        await using LighthouseHost host = await LighthouseHost.StartAsync(options, TimeProvider.System, logs, end.Token);
        LighthouseFile facts = host.Monitor.Facts;
        await Console.Out.WriteLineAsync($"Lighthouse {facts.Name} of rig {facts.RigId} answers at {facts.DiscoveryUrl}");
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration told = end.Token.Register(ended.SetResult);
        await ended.Task;
        return ExitCodes.Ok;
    }

    private static Action<PosixSignalContext> End(CancellationTokenSource end) =>
        signal =>
        {
            signal.Cancel = true;
            try
            {
                end.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The command line heard the same signal first, and all has ended by it.
            }
        };
}
