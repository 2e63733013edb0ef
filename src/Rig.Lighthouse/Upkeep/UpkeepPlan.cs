namespace Rig.Lighthouse.Upkeep;

/// <summary>What the plan is made from.</summary>
/// <param name="LastSnapshot">Null when there is none.</param>
/// <param name="LastDefragmentation">Null when there was none in this process's life.</param>
/// <param name="DatabaseSize">Bytes of the file.</param>
/// <param name="DatabaseInUse">Bytes of it that hold something.</param>
/// <param name="NoSpace">etcd refuses writes until the alarm is taken back.</param>
internal sealed record UpkeepFacts(
    DateTimeOffset Now,
    DateTimeOffset? LastSnapshot,
    DateTimeOffset? LastDefragmentation,
    long DatabaseSize,
    long DatabaseInUse,
    long Quota,
    bool NoSpace
);

internal enum UpkeepStep
{
    Snapshot,

    /// <summary>Forget all history but the last revision.</summary>
    Compact,
    Defragment,

    /// <summary>Take the alarm back.</summary>
    Disarm,
}

/// <summary>What to do for the database now, in this order. Pure.</summary>
internal static class UpkeepPlan
{
    private static readonly TimeSpan BetweenSnapshots = TimeSpan.FromDays(1);
    private static readonly TimeSpan BetweenDefragmentations = TimeSpan.FromHours(1);

    /// <summary>A store that is truly full is not rewritten without end.</summary>
    private static readonly TimeSpan BetweenRescues = TimeSpan.FromMinutes(5);

    /// <summary>Below this a member's pause (about 10 ms a megabyte on an SD card) buys nothing.</summary>
    private const long WorthDefragmenting = 16L << 20;

    /// <summary>Warned about, with time left to look for what writes so much.</summary>
    private const double WarnShare = 0.7;

    public static IReadOnlyList<UpkeepStep> Decide(UpkeepFacts facts)
    {
        List<UpkeepStep> steps = [];
        if (facts.LastSnapshot is not { } last || facts.Now - last >= BetweenSnapshots)
        {
            steps.Add(UpkeepStep.Snapshot);
        }

        TimeSpan? sinceDefragmentation = facts.Now - facts.LastDefragmentation;
        if (facts.NoSpace)
        {
            if (sinceDefragmentation < BetweenRescues)
            {
                return steps;
            }

            steps.AddRange([UpkeepStep.Compact, UpkeepStep.Defragment, UpkeepStep.Disarm]);
        }
        else if (IsLoose(facts) && !(sinceDefragmentation < BetweenDefragmentations))
        {
            steps.Add(UpkeepStep.Defragment);
        }

        return steps;
    }

    /// <summary>What the person who looks after it should know; null when all is well.</summary>
    public static string? Warning(UpkeepFacts facts) =>
        facts.NoSpace ? $"etcd is full ({Megabytes(facts.DatabaseSize)} MB) and refuses writes. Give it more: --quota."
        : facts.DatabaseSize > WarnShare * facts.Quota
            ? $"etcd's database has {Megabytes(facts.DatabaseSize)} of {Megabytes(facts.Quota)} MB. Find what writes so much, or give it more: --quota."
        : null;

    /// <summary>Less than half of a file of some size is used.</summary>
    private static bool IsLoose(UpkeepFacts facts) =>
        facts.DatabaseSize >= WorthDefragmenting && facts.DatabaseInUse < facts.DatabaseSize / 2;

    private static long Megabytes(long bytes) => bytes >> 20;
}
