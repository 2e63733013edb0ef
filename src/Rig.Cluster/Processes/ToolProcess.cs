using System.Diagnostics;

namespace Rig.Cluster.Processes;

/// <param name="Lines">What it said, on both outputs; the last ones.</param>
public sealed record ToolResult(int Code, IReadOnlyList<string> Lines);

/// <summary>Runs a program to its end.</summary>
public static class ToolProcess
{
    /// <summary>One that takes longer than <paramref name="limit"/> is killed.</summary>
    /// <exception cref="IOException">It cannot be started.</exception>
    public static async Task<ToolResult> RunAsync(GuardedCommand command, TimeSpan limit, TimeProvider time, CancellationToken cancel)
    {
        LogRing log = new();
        using Process child = await ChildStart.Shared.StartAsync(command);
        child.StandardInput.Close();
        Task reading = Task.WhenAll(log.ReadAsync(child.StandardOutput), log.ReadAsync(child.StandardError));
        using CancellationTokenSource over = new(limit, time);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancel);
        try
        {
            await child.WaitForExitAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            child.Kill();
            await child.WaitForExitAsync(CancellationToken.None);
            cancel.ThrowIfCancellationRequested();
        }

        await reading;
        return new ToolResult(child.ExitCode, log.Lines);
    }
}
