using System.Text;

namespace Rig.Streams.Processes;

/// <summary>What a short-lived program said.</summary>
public sealed record ToolAnswer(ChildExit Exit, string Output, IReadOnlyList<string> Errors);

/// <summary>Runs a program to its end and keeps what it says: probes of devices, encoders and clocks.</summary>
public static class ToolRun
{
    /// <summary>No probe says more than this; a program that does is stopped.</summary>
    private const int MaxOutput = 1 << 20;

    private const int PatienceMilliseconds = 100;

    /// <summary>Runs the program; one that takes longer than <paramref name="limit"/> is killed and has its signal as its exit.</summary>
    public static async Task<ToolAnswer> RunAsync(ChildCommand command, TimeSpan limit, CancellationToken cancellation)
    {
        await using ChildProcess child = ChildProcess.Start(command);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(limit);
        Task<string> output = Task.Factory.StartNew(
            () => ReadAll(child, timeout.Token),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        string text = await output;
        await Task.WhenAny(child.Exited, Task.Delay(Timeout.Infinite, timeout.Token));
        await child.StopAsync(TimeSpan.Zero);
        cancellation.ThrowIfCancellationRequested();
        ChildExit exit = child.Exited.IsCompletedSuccessfully ? await child.Exited : new ChildExit(null, Libc.SigKill);
        return new ToolAnswer(exit, text, child.ErrorOutput);
    }

    private static string ReadAll(ChildProcess child, CancellationToken cancellation)
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[1 << 14];
        while (!cancellation.IsCancellationRequested && all.Length < MaxOutput)
        {
            int count = child.Read(buffer, PatienceMilliseconds);
            if (count == 0)
            {
                break;
            }

            all.Write(buffer, 0, Math.Max(count, 0));
        }

        return Encoding.UTF8.GetString(all.ToArray());
    }
}
