using System.Diagnostics;
using System.Globalization;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Log;

namespace Rig.Bench.Micro;

/// <summary>
/// What a unit costs the thread that writes it to the log, by the number of live readers that wait for it. The next unit is written once
/// all have read the last one, so that each time all of them wait.
/// </summary>
internal static class LogBench
{
    private const int Units = 3_000;
    private const int WarmUp = 500;
    private const int UnitBytes = 1_000;
    private const int UnitsPerGop = 30;

    public static async Task RunAsync(int rounds, CancellationToken cancel)
    {
        int[] readers = [1, 100, 1_000];
        var costs = readers.ToDictionary(count => count, _ => new List<Cost>());
        for (int round = -1; round < rounds; round++)
        {
            foreach (int count in readers)
            {
                Cost cost = await MeasureAsync(count, cancel);
                if (round >= 0)
                {
                    costs[count].Add(cost);
                }
            }
        }

        Console.WriteLine(
            "| waiting live readers, and a recorder | writer's time a unit, median: ratio | mean: ratio | bytes allocated a unit by the writer |"
        );
        Console.WriteLine("| --- | --- | --- | --- |");
        foreach (int count in readers)
        {
            double median = Statistics.Median(costs[count].Zip(costs[1], (mine, one) => mine.Median / one.Median));
            double mean = Statistics.Median(costs[count].Zip(costs[1], (mine, one) => mine.Mean / one.Mean));
            double bytes = Statistics.Median(costs[count].Select(cost => cost.Allocated));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {count} | {median:0.00} | {mean:0.00} | {bytes:0.0} |"));
        }

        Console.WriteLine();
    }

    private static async Task<Cost> MeasureAsync(int count, CancellationToken cancel)
    {
        using GopLog log = new(new GopLogOptions { PreRoll = MediaSpan.FromSeconds(2) });
        log.OnFormat(
            0,
            new TrackFormat
            {
                Codec = Codec.H264,
                Timescale = Timescale.Mpeg,
                Video = new VideoFormat { Width = 1920, Height = 1080 },
            }
        );
        StrongBox read = new();
        Task recorder = ReadAsync(
            log,
            new LogReaderOptions { Lossless = true, MinimumMedia = MediaSpan.FromMilliseconds(500) },
            new StrongBox()
        );
        Task[] live = [.. Enumerable.Range(0, count).Select(_ => ReadAsync(log, LogReaderOptions.Live, read))];
        Cost cost = await Task.Factory.StartNew(
            () => Write(log, count, read, cancel),
            cancel,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        log.Dispose();
        await Task.WhenAll([recorder, .. live]);
        return cost;
    }

    private static Cost Write(GopLog log, int readers, StrongBox read, CancellationToken cancel)
    {
        UnitBlock block = BlockPool.Shared.Rent(UnitBytes);
        double[] ticks = new double[Units];
        UtcInstant start = UtcInstant.From(TimeProvider.System.GetUtcNow());
        long allocated = 0;
        for (int unit = -WarmUp; unit < Units; unit++)
        {
            cancel.ThrowIfCancellationRequested();
            AccessUnit next = Unit(block, unit + WarmUp, start);
            next.AddReference();
            allocated = unit == 0 ? GC.GetAllocatedBytesForCurrentThread() : allocated;
            long before = Stopwatch.GetTimestamp();
            log.OnUnit(next);
            ticks[Math.Max(unit, 0)] = Stopwatch.GetTimestamp() - before;
            long expected = (long)readers * (unit + WarmUp + 1);
            SpinWait spin = default;
            while (Volatile.Read(ref read.Value) < expected)
            {
                spin.SpinOnce();
            }
        }

        double bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / Units;
        block.Release();
        return new Cost(Statistics.Median(ticks), ticks.Average(), bytes);
    }

    private static AccessUnit Unit(UnitBlock block, int number, UtcInstant start) =>
        new()
        {
            Block = block,
            Offset = 0,
            Length = UnitBytes,
            Track = 0,
            DecodeTime = new MediaTime(number * 3_000L),
            PresentationTime = new MediaTime(number * 3_000L),
            Arrival = start,
            Capture = start + MediaSpan.FromSeconds(number / 30.0),
            Flags = number % UnitsPerGop == 0 ? UnitFlags.Key : UnitFlags.None,
        };

    private static async Task ReadAsync(GopLog log, LogReaderOptions options, StrongBox read)
    {
        using LogReader reader = log.OpenReader(LogPosition.NewestKey, options);
        var items = new LogItem[64];
        int count;
        while ((count = await reader.ReadAsync(items)) > 0)
        {
            foreach (LogItem item in items.AsSpan(0, count))
            {
                item.Release();
            }

            Interlocked.Add(ref read.Value, count);
        }
    }

    private sealed record Cost(double Median, double Mean, double Allocated);

    /// <summary>A count that many tasks add to.</summary>
    private sealed class StrongBox
    {
        public long Value;
    }
}
