using Rig.Lighthouse.Upkeep;

namespace Rig.Lighthouse.Tests;

public sealed class UpkeepPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly UpkeepFacts Well = new(Now, Now.AddHours(-1), null, 1 << 20, 1 << 20, 256L << 20, NoSpace: false);

    [Fact]
    public void A_rig_that_is_well_is_left_alone()
    {
        Assert.Empty(UpkeepPlan.Decide(Well));
        Assert.Null(UpkeepPlan.Warning(Well));
    }

    [Theory]
    [InlineData(23, false)]
    [InlineData(24, true)]
    public void A_snapshot_is_taken_once_a_day(int hours, bool taken) =>
        Assert.Equal(taken, UpkeepPlan.Decide(Well with { LastSnapshot = Now.AddHours(-hours) }).Contains(UpkeepStep.Snapshot));

    [Fact]
    public void Without_any_snapshot_one_is_taken_at_once() =>
        Assert.Equal([UpkeepStep.Snapshot], UpkeepPlan.Decide(Well with { LastSnapshot = null }));

    [Theory]
    [InlineData(8, 1, false)]
    [InlineData(32, 20, false)]
    [InlineData(32, 10, true)]
    public void A_file_is_rewritten_when_it_is_large_and_mostly_empty(int size, int used, bool rewritten) =>
        Assert.Equal(
            rewritten,
            UpkeepPlan
                .Decide(Well with { DatabaseSize = (long)size << 20, DatabaseInUse = (long)used << 20 })
                .Contains(UpkeepStep.Defragment)
        );

    [Fact]
    public void It_is_not_rewritten_twice_in_an_hour() =>
        Assert.Empty(
            UpkeepPlan.Decide(Well with { DatabaseSize = 32 << 20, DatabaseInUse = 1 << 20, LastDefragmentation = Now.AddMinutes(-59) })
        );

    [Fact]
    public void A_full_store_is_emptied_of_history_then_rewritten_then_freed()
    {
        UpkeepFacts full = Well with { NoSpace = true };
        Assert.Equal([UpkeepStep.Compact, UpkeepStep.Defragment, UpkeepStep.Disarm], UpkeepPlan.Decide(full));
        Assert.Empty(UpkeepPlan.Decide(full with { LastDefragmentation = Now.AddMinutes(-4) }));
        Assert.Contains("--quota", UpkeepPlan.Warning(full), StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_store_is_warned_about_before_it_is_full() =>
        Assert.Contains("200 of 256 MB", UpkeepPlan.Warning(Well with { DatabaseSize = 200L << 20 }), StringComparison.Ordinal);
}
