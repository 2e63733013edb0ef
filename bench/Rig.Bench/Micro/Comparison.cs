using System.Diagnostics;
using System.Globalization;

namespace Rig.Bench.Micro;

/// <summary>
/// Runs several ways to do the same work in turn, round after round, and prints each as a ratio to the first: what disturbs the machine for
/// a while disturbs all of them alike. A case does its work once and says how many operations it was; what it needs is made beforehand.
/// </summary>
internal sealed class Comparison(string operation)
{
    private readonly List<Case> _cases = [];

    public void Add(string name, Func<Run> work) => _cases.Add(new Case(name, work));

    /// <summary>Measures and prints a table.</summary>
    public void Print(int rounds, CancellationToken cancel)
    {
        // Two rounds beforehand: tiered compilation replaces what runs often.
        const int WarmUp = 2;
        for (int round = -WarmUp; round < rounds; round++)
        {
            foreach (Case one in _cases)
            {
                cancel.ThrowIfCancellationRequested();
                GC.Collect();
                Run run = one.Work();
                if (round >= 0)
                {
                    one.Runs.Add(run);
                }
            }
        }

        Console.WriteLine($"| case | time for {operation}, ratio | throughput, ratio | bytes allocated for {operation} |");
        Console.WriteLine("| --- | --- | --- | --- |");
        foreach (Case one in _cases)
        {
            double ratio = Statistics.Median(one.Runs.Zip(_cases[0].Runs, (mine, first) => mine.Cost / first.Cost));
            double bytes = Statistics.Median(one.Runs.Select(run => run.Allocated / run.Operations));
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"| {one.Name} | {ratio:0.00} | {1 / ratio:0.00} | {bytes:0.0} |")
            );
        }

        Console.WriteLine();
    }

    /// <summary>Work that runs on several threads: by the clock on the wall.</summary>
    public static Run ByWall(long operations, Action work)
    {
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        var clock = Stopwatch.StartNew();
        work();
        TimeSpan elapsed = clock.Elapsed;
        return new Run(operations, elapsed, GC.GetTotalAllocatedBytes(precise: true) - allocated);
    }

    /// <summary>Work that runs on this thread alone: by the processor time of the thread, which others' load does not change.</summary>
    public static Run ByThread(long operations, Action work)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        TimeSpan before = ThreadClock.Now;
        work();
        return new Run(operations, ThreadClock.Now - before, GC.GetAllocatedBytesForCurrentThread() - allocated);
    }

    /// <summary>One measurement.</summary>
    internal sealed record Run(double Operations, TimeSpan Elapsed, double Allocated)
    {
        public double Cost => Elapsed.TotalSeconds / Operations;
    }

    private sealed record Case(string Name, Func<Run> Work)
    {
        public List<Run> Runs { get; } = [];
    }
}
