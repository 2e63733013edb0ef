using Rig.Media.Time;
using Rig.Streams.Log;

namespace Rig.Streams.Tests.Log;

/// <summary>One writer at full speed against lossless and live readers on the thread pool; seeds are printed by the test's name.</summary>
public sealed class GopLogConcurrencyTests
{
    private const int Frames = 30_000;

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task Under_load_a_lossless_reader_gets_everything_and_live_readers_know_what_they_missed(int seed)
    {
        var random = new Random(seed);
        using var fixture = new LogFixture(
            new GopLogOptions { PreRoll = MediaSpan.FromSeconds(1), MaxBytes = 600 * (100 + GopLogOptions.UnitOverhead) }
        );
        using var done = new CancellationTokenSource();
        fixture.Write(0, key: true);
        LogReader lossless = fixture.Log.OpenReader(LogPosition.Oldest, new LogReaderOptions { Lossless = true });
        Task<(long Read, long Missed)>[] readers =
        [
            ReadToEnd(lossless, random.Next(), Frames),
            .. Enumerable.Range(0, 12).Select(_ => ReadToEnd(OpenLive(fixture.Log, random), random.Next(), Frames)),
        ];
        Task churn = JoinAndLeave(fixture.Log, random.Next(), done.Token);

        await Task.Run(async () =>
        {
            for (int frame = 1; frame < Frames; frame++)
            {
                await fixture.Log.WhenWritableAsync();
                fixture.Write(frame, frame % 25 == 0 || frame == Frames - 1);
            }
        });

        (long Read, long Missed)[] results = await Task.WhenAll(readers).WaitAsync(TimeSpan.FromMinutes(2));
        await done.CancelAsync();
        await churn;
        Assert.Equal((Frames, 0), results[0]);
        Assert.All(results, result => Assert.Equal(Frames, result.Read + result.Missed));
        Assert.Empty(fixture.Losses);
    }

    private static LogReader OpenLive(GopLog log, Random random) =>
        log.OpenReader(
            LogPosition.Oldest,
            new LogReaderOptions { LagLimit = MediaSpan.FromMilliseconds(random.Next(200, 5000)), Strategy = (LagStrategy)random.Next(2) }
        );

    /// <summary>Reads until the last unit was read or missed; checks that numbers rise and that nothing is missing without being counted.</summary>
    private static async Task<(long Read, long Missed)> ReadToEnd(LogReader reader, int seed, long end)
    {
        await Task.Yield();
        var random = new Random(seed);
        var items = new LogItem[random.Next(1, 100)];
        long read = 0;
        long position = 0;
        while (position < end && await reader.WaitToReadAsync())
        {
            int count = reader.TryRead(items);
            for (int index = 0; index < count; index++)
            {
                Assert.True(items[index].Sequence >= position);
                if (items[index].Gap is null)
                {
                    Assert.Equal(items[index].Sequence, LogFixture.PayloadOf(items[index]));
                    position = items[index].Sequence + 1;
                    read++;
                    items[index].Release();
                }
            }

            if (random.Next(20) == 0)
            {
                await Task.Yield();
            }
        }

        reader.Dispose();
        return (read, reader.MissedUnits);
    }

    private static async Task JoinAndLeave(GopLog log, int seed, CancellationToken cancellation)
    {
        await Task.Yield();
        var random = new Random(seed);
        var items = new LogItem[16];
        while (!cancellation.IsCancellationRequested)
        {
            using LogReader reader = log.OpenReader(random.Next(2) == 0 ? LogPosition.Oldest : LogPosition.NewestKey);
            int count = reader.TryRead(items);
            foreach (LogItem item in items[..count])
            {
                item.Release();
            }

            using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            ValueTask<bool> wait = reader.WaitToReadAsync(soon.Token);
            await soon.CancelAsync();
            try
            {
                await wait;
            }
            catch (OperationCanceledException)
            {
                // The point of it: waits that end by cancellation while the writer wakes readers.
                await Task.Yield();
            }
        }
    }
}
