using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Rig.Cluster.Processes;

/// <summary>
/// Starts children that cannot outlive this process. The kernel's parent-death signal (prctl(2), PR_SET_PDEATHSIG) fires when the <em>thread</em> that
/// started the child ends, so one thread starts all of them and lives as long as the process. <c>setpriv</c> (util-linux) sets the signal; the
/// shell after it ends at once when the parent was gone before the signal was set, and otherwise becomes the program.
/// </summary>
internal sealed class ChildStart
{
    private const int SigTerm = 15;
    private const string Guard = "[ \"$PPID\" = \"$0\" ] && exec \"$@\"";

    private readonly BlockingCollection<Action> _starts = [];

    private ChildStart() => new Thread(Run) { IsBackground = true, Name = "guarded children" }.Start();

    public static ChildStart Shared { get; } = new();

    /// <summary>Starts the program in a session of its own: a Ctrl-C in the terminal reaches this process alone, which then ends the child in order.</summary>
    /// <exception cref="IOException">It cannot be started.</exception>
    public async Task<Process> StartAsync(GuardedCommand command)
    {
        ProcessStartInfo info = new("setsid")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] guard = ["setpriv", "--pdeathsig", "KILL", "sh", "-c", Guard, $"{Environment.ProcessId}", command.Program];
        foreach (string argument in guard.Concat(command.Arguments))
        {
            info.ArgumentList.Add(argument);
        }

        foreach ((string name, string value) in command.Environment)
        {
            info.Environment[name] = value;
        }

        TaskCompletionSource<Process> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _starts.Add(() => Start(info, started));
        return await started.Task;
    }

    /// <summary>Asks the process to end (SIGTERM).</summary>
    public static void Terminate(Process process) => _ = kill(process.Id, SigTerm);

    private static void Start(ProcessStartInfo info, TaskCompletionSource<Process> started)
    {
        try
        {
            started.SetResult(Process.Start(info)!);
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            started.SetException(
                new IOException($"A child process cannot be started: {error.Message}. Install the package util-linux.", error)
            );
        }
    }

    private void Run()
    {
        foreach (Action start in _starts.GetConsumingEnumerable())
        {
            start();
        }
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int pid, int signal);
}
