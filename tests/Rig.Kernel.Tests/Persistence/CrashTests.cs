using System.Diagnostics;
using System.Globalization;
using Akka.Actor;

namespace Rig.Kernel.Tests.Persistence;

/// <summary>A process killed with SIGKILL in the middle of persisting loses nothing that it had acknowledged.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Kills = 4;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task After_a_kill_every_acknowledged_event_is_there_without_a_hole()
    {
        var file = _folder.File("journal.db");
        var random = new Random(20260501);
        for (var kill = 0; kill < Kills; kill++)
        {
            var acknowledged = await KillAfterAsync(file, lines: random.Next(20, 300));

            Assert.Equal("ok", SqliteShell.Run(file, "PRAGMA integrity_check"));
            await using var system = PersistentSystem.On(SampleEvents.Options(file));
            foreach (var id in CrashChild.Ids)
            {
                var account = system.System.ActorOf(Props.Create(() => new Account(id, true)));
                var balance = await account.Ask<Balance>(Account.Query.Instance, TimeSpan.FromSeconds(20));
                Assert.True(
                    balance.Count >= acknowledged.GetValueOrDefault(id),
                    $"{id}: {balance.Count} of {acknowledged.GetValueOrDefault(id)}"
                );
                // The amounts are 1, 2, 3, …: a hole or a repetition would change the sum.
                Assert.Equal((long)balance.Count * (balance.Count + 1) / 2, balance.Sum);
            }
        }
    }

    /// <summary>Runs the child until it has printed so many lines, kills it, and returns the last number acknowledged for each id.</summary>
    private static async Task<Dictionary<string, long>> KillAfterAsync(string file, int lines)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(CrashTests).Assembly.Location, "persist-until-killed", file])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using var child = Process.Start(start)!;
        var acknowledged = new Dictionary<string, long>(StringComparer.Ordinal);
        try
        {
            while (await child.StandardOutput.ReadLineAsync() is { } line)
            {
                // What stands in the pipe when the child dies counts too, except a torn last line.
                if (line.Split(' ') is [var id, { Length: > 0 } number])
                {
                    acknowledged[id] = Math.Max(acknowledged.GetValueOrDefault(id), long.Parse(number, CultureInfo.InvariantCulture));
                }

                if (--lines == 0)
                {
                    child.Kill();
                }
            }
        }
        finally
        {
            child.Kill();
        }

        await child.WaitForExitAsync();
        Assert.True(lines <= 0, $"the child ended by itself, {lines} lines early");
        return acknowledged;
    }
}
