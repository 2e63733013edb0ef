using System.Collections.Concurrent;

namespace Rig.Streams.Processes;

/// <summary>
/// Starts all children from one thread that lives as long as the process. The kernel's parent-death signal, which ends a child when
/// this process is killed, fires when the <em>thread</em> that started the child ends (prctl(2), PR_SET_PDEATHSIG): a thread of the pool
/// would take its children with it. The signal itself is set by <c>setpriv</c> (util-linux) between this process and the program.
/// </summary>
internal sealed class ChildLauncher
{
    private readonly BlockingCollection<Action> _starts = [];
    private readonly string? _setpriv = ProgramPath.Find("setpriv");

    public ChildLauncher() => new Thread(Run) { IsBackground = true, Name = "child launcher" }.Start();

    /// <summary>The launcher of this process.</summary>
    public static ChildLauncher Shared { get; } = new();

    /// <summary>Starts a program with the given descriptors as its input, output and error output.</summary>
    /// <param name="input">-1 for empty input.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    public int Start(ChildCommand command, int input, int output, int error)
    {
        string[] arguments = _setpriv is null
            ? [command.Program, .. command.Arguments]
            : [_setpriv, "--pdeathsig", "KILL", command.Program, .. command.Arguments];
        var started = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _starts.Add(() => started.SetResult(Spawn.Start(arguments, input, output, error)));
        int result = started.Task.GetAwaiter().GetResult();
        return result > 0 ? result : throw new IOException($"{command.Program} could not be started: error {-result} of the kernel.");
    }

    private void Run()
    {
        foreach (Action start in _starts.GetConsumingEnumerable())
        {
            start();
        }
    }
}
