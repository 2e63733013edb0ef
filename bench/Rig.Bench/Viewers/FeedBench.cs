using System.Diagnostics;
using System.Globalization;
using Rig.Media.Codecs.H264;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Live;
using Rig.Streams.Log;

namespace Rig.Bench.Viewers;

/// <summary>
/// What a unit costs the thread that writes it, by the number of viewers whose fragments are made of it; a third of them does not read for most of the time. The
/// viewers' work runs on the same cores, as it does in a node; the next unit is written when the quick ones have had the last one.
/// </summary>
internal static class FeedBench
{
    private const int Units = 600;
    private const int WarmUp = 100;
    private const int UnitBytes = 16_000;
    private const int UnitsPerGop = 30;

    /// <summary>High profile 4.0, 1920x1080.</summary>
    private static readonly byte[] Sps = Convert.FromHexString("67640028acd940780227e5c044000003000400000300f03c60c658");

    public static async Task RunAsync(int viewers, int rounds, CancellationToken cancel)
    {
        int[] counts = [0, 1, viewers];
        Dictionary<int, List<double>> medians = counts.ToDictionary(count => count, _ => new List<double>());
        for (int round = -1; round < rounds; round++)
        {
            foreach (int count in counts)
            {
                double median = await MeasureAsync(count, cancel);
                if (round >= 0)
                {
                    medians[count].Add(median);
                }
            }
        }

        Console.WriteLine("| viewers, a third of them slow | writer's time a unit, median: ratio to none |");
        Console.WriteLine("| --- | --- |");
        foreach (int count in counts)
        {
            double ratio = Statistics.Median(medians[count].Zip(medians[0], (mine, none) => mine / none));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {count} | {ratio:0.00} |"));
        }

        Console.WriteLine();
    }

    private static async Task<double> MeasureAsync(int count, CancellationToken cancel)
    {
        using GopLog log = new(new GopLogOptions { PreRoll = MediaSpan.FromSeconds(2) });
        TrackFormat format =
            H264Format.TryCreate([Sps, new byte[] { 0x68, 0xEB, 0xE3, 0xCB, 0x22, 0xC0 }], new Rig.Media.Codecs.ElementaryTrack(0))
            ?? throw new InvalidOperationException("The bench's parameter set is wrong.");
        log.OnFormat(0, format);
        CameraLogs logs = new();
        logs.Put("cam0", log);
        using LiveHub hub = new(logs, new LiveOptions { Viewers = count + 1, CameraViewers = count + 1 }, TimeProvider.System);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Counter read = new();
        int quick = count - (count / 3);
        using LogReader recorder = log.OpenReader(LogPosition.NewestKey, new LogReaderOptions { Lossless = true });
        Task[] running =
        [
            RecordAsync(recorder),
            .. Enumerable.Range(0, count).Select(i => ViewAsync(hub, i < quick ? read : null, end.Token)),
        ];
        double median = await Task.Factory.StartNew(
            () => Write(log, quick, read, cancel),
            cancel,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        log.Dispose();
        await end.CancelAsync();
        await Task.WhenAll(running);
        return median;
    }

    private static double Write(GopLog log, int quick, Counter read, CancellationToken cancel)
    {
        UnitBlock block = BlockPool.Shared.Rent(UnitBytes);
        double[] ticks = new double[Units];
        UtcInstant start = UtcInstant.From(TimeProvider.System.GetUtcNow());
        for (int unit = 0; unit < WarmUp + Units; unit++)
        {
            cancel.ThrowIfCancellationRequested();
            AccessUnit next = Unit(block, unit, start);
            next.AddReference();
            long before = Stopwatch.GetTimestamp();
            log.OnUnit(next);
            ticks[Math.Max(0, unit - WarmUp)] = Stopwatch.GetTimestamp() - before;
            SpinWait spin = default;
            while (Volatile.Read(ref read.Value) < (long)quick * (unit + 1))
            {
                spin.SpinOnce();
            }
        }

        block.Release();
        return Statistics.Median(ticks);
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

    private static async Task RecordAsync(LogReader reader)
    {
        LogItem[] items = new LogItem[64];
        int count;
        while ((count = await reader.ReadAsync(items)) > 0)
        {
            items.AsSpan(0, count).ToArray().ToList().ForEach(item => item.Release());
        }
    }

    /// <param name="read">Null for a slow viewer, who takes one fragment in some hundred.</param>
    private static async Task ViewAsync(LiveHub hub, Counter? read, CancellationToken end)
    {
        using LiveViewer viewer = hub.TryEnter("cam0", LiveOutput.Socket) ?? throw new InvalidOperationException("There is no place.");
        using LiveFeed feed = new(viewer);
        try
        {
            while (true)
            {
                if (await feed.NextAsync(end) is not LivePiece.Fragment)
                {
                    continue;
                }

                if (read is not null)
                {
                    Interlocked.Increment(ref read.Value);
                }
                else
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(200), end);
                }
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }

    private sealed class Counter
    {
        public long Value;
    }
}
