using Rig.Streams.Transcoding;

namespace Rig.Streams.Tests.Transcoding;

/// <summary>When the low-resolution stream makes way, and when it comes back.</summary>
public sealed class CpuGuardTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly CpuGuard _guard = new();

    [Fact]
    public void Above_85_percent_for_10_s_suspends_and_a_minute_below_60_percent_ends_it()
    {
        Assert.Equal([], Run(0.90, seconds: 9));
        Assert.Equal([true], Run(0.90, seconds: 5));
        Assert.Equal([], Run(0.59, seconds: 59));
        Assert.Equal([false], Run(0.59, seconds: 5));
    }

    [Fact]
    public void A_short_pause_of_the_load_begins_the_10_s_anew()
    {
        Assert.Equal([], Run(0.95, seconds: 9));
        Assert.Equal([], Run(0.50, seconds: 1));
        Assert.Equal([], Run(0.95, seconds: 9));
        Assert.False(_guard.IsSuspended);
    }

    [Fact]
    public void Between_the_two_levels_nothing_changes()
    {
        Run(0.95, seconds: 10);
        Assert.Equal([], Run(0.70, seconds: 600));
        Assert.True(_guard.IsSuspended);
        Run(0.50, seconds: 60);
        Assert.Equal([], Run(0.80, seconds: 600));
        Assert.False(_guard.IsSuspended);
    }

    [Fact]
    public void The_load_of_the_machine_is_what_was_busy_of_all_time()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "cpu  100 0 100 700 100 0 0 0 50 0\ncpu0 1 2 3\n");
            var load = new MachineLoad(file);
            Assert.Equal(0, load.Read());
            File.WriteAllText(file, "cpu  140 10 120 720 110 0 0 0 90 0\ncpu0 1 2 3\n");
            Assert.Equal(0.7, load.Read(), 3);
            File.WriteAllText(file, "nothing of the kind");
            Assert.Equal(0, load.Read());
        }
        finally
        {
            File.Delete(file);
        }
    }

    private List<bool> Run(double load, int seconds)
    {
        List<bool> changes = [];
        for (int i = 0; i < seconds; i++)
        {
            if (_guard.Step(load, Second, CpuGuardLevels.Default))
            {
                changes.Add(_guard.IsSuspended);
            }
        }

        return changes;
    }
}
