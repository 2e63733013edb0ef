using Rig.Media.Time;
using Rig.Streams.Log;

namespace Rig.Streams.Tests.Log;

/// <summary>When waiting readers wake, and when not.</summary>
public sealed class LogReaderWaitTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_waiting_reader_wakes_at_the_next_unit()
    {
        using var fixture = new LogFixture();
        fixture.WriteFrames(0, 5);
        using LogReader reader = fixture.Log.OpenReader(LogPosition.NewestKey);
        LogFixture.ReadAll(reader);
        ValueTask<bool> wait = reader.WaitToReadAsync();
        Assert.False(wait.IsCompleted);
        fixture.Write(5);

        Assert.True(await wait.AsTask().WaitAsync(Patience));
        Assert.Equal(LogFixture.Numbers(5, 6), LogFixture.ReadAll(reader));
    }

    [Fact]
    public async Task A_reader_of_an_empty_log_wakes_at_the_first_key_unit_and_not_before()
    {
        using var fixture = new LogFixture();
        using LogReader reader = fixture.Log.OpenReader(LogPosition.NewestKey);
        ValueTask<bool> wait = reader.WaitToReadAsync();
        fixture.WriteFrames(1, 5);
        await AllPassesRan(fixture);
        Assert.False(wait.IsCompleted);
        fixture.Write(10, key: true);

        Assert.True(await wait.AsTask().WaitAsync(Patience));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reader_that_asks_for_so_much_media_wakes_with_it_or_with_a_key_unit(bool byKey)
    {
        using var fixture = new LogFixture();
        fixture.WriteFrames(0, 1);
        using LogReader reader = fixture.Log.OpenReader(
            LogPosition.NewestKey,
            new LogReaderOptions { MinimumMedia = MediaSpan.FromMilliseconds(400) }
        );
        LogFixture.ReadAll(reader);
        ValueTask<bool> wait = reader.WaitToReadAsync();
        fixture.WriteFrames(1, 9, gop: 1000);
        await AllPassesRan(fixture);
        Assert.False(wait.IsCompleted);
        fixture.Write(byKey ? 9.5 : 10, key: byKey);

        Assert.True(await wait.AsTask().WaitAsync(Patience));
        Assert.Equal(fixture.Log.NextSequence - 1, LogFixture.ReadAll(reader)[^1]);
    }

    [Fact]
    public async Task Time_stamps_that_stand_still_do_not_keep_a_reader_asleep()
    {
        using var fixture = new LogFixture();
        fixture.WriteFrames(0, 1);
        using LogReader reader = fixture.Log.OpenReader(
            LogPosition.NewestKey,
            new LogReaderOptions { MinimumMedia = MediaSpan.FromMilliseconds(400) }
        );
        LogFixture.ReadAll(reader);
        ValueTask<bool> wait = reader.WaitToReadAsync();
        for (int unit = 0; unit <= LogReaderOptions.MaxUnitsWaiting; unit++)
        {
            fixture.Write(0);
        }

        Assert.True(await wait.AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task A_reader_can_wait_for_an_instant_alone()
    {
        using var fixture = new LogFixture();
        using LogReader reader = fixture.Log.OpenReader(LogPosition.NewestKey);
        ValueTask<bool> wait = reader.WaitForCaptureAsync(LogFixture.At(31));
        fixture.WriteFrames(0, 31);
        await AllPassesRan(fixture);
        Assert.False(wait.IsCompleted);
        fixture.Write(31);

        Assert.True(await wait.AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task A_wait_can_be_cancelled_and_the_reader_goes_on()
    {
        using var fixture = new LogFixture();
        using LogReader reader = fixture.Log.OpenReader(LogPosition.NewestKey);
        using var cancellation = new CancellationTokenSource();
        ValueTask<bool> wait = reader.WaitToReadAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await wait);

        ValueTask<bool> second = reader.WaitToReadAsync();
        fixture.Write(0, key: true);
        Assert.True(await second.AsTask().WaitAsync(Patience));
        Assert.Single(LogFixture.ReadAll(reader));
    }

    [Fact]
    public async Task Waking_by_hand_ends_the_wait_or_the_next_one_once()
    {
        using var fixture = new LogFixture();
        using LogReader reader = fixture.Log.OpenReader(LogPosition.NewestKey);
        ValueTask<bool> wait = reader.WaitToReadAsync();
        reader.Wake();
        Assert.True(await wait.AsTask().WaitAsync(Patience));
        reader.Wake();
        Assert.True(await reader.WaitToReadAsync().AsTask().WaitAsync(Patience));
        Assert.False(reader.WaitToReadAsync().AsTask().IsCompleted);
    }

    [Fact]
    public async Task The_end_of_the_log_ends_every_wait_and_every_read()
    {
        using var fixture = new LogFixture();
        using LogReader reader = fixture.Log.OpenReader(LogPosition.NewestKey);
        using LogReader other = fixture.Log.OpenReader(LogPosition.NewestKey, new LogReaderOptions { Lossless = true });
        ValueTask<bool> wait = reader.WaitToReadAsync();
        ValueTask<int> read = other.ReadAsync(new LogItem[4]);
        fixture.Log.Dispose();

        Assert.False(await wait.AsTask().WaitAsync(Patience));
        Assert.Equal(0, await read.AsTask().WaitAsync(Patience));
        Assert.False(await reader.WaitToReadAsync().AsTask().WaitAsync(Patience));
        Assert.Equal(0, reader.TryRead(new LogItem[1]));
        fixture.Write(0, key: true);
        Assert.Equal(1, fixture.Log.GetStatistics().Rejected);
    }

    [Fact]
    public async Task Disposing_of_a_reader_ends_its_wait()
    {
        using var fixture = new LogFixture();
        LogReader reader = fixture.Log.OpenReader(LogPosition.NewestKey);
        ValueTask<bool> wait = reader.WaitToReadAsync();
        reader.Dispose();

        Assert.False(await wait.AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task A_thousand_waiting_readers_all_wake_for_one_unit()
    {
        using var fixture = new LogFixture();
        fixture.Write(0, key: true);
        LogReader[] readers = [.. Enumerable.Range(0, 1000).Select(_ => fixture.Log.OpenReader(LogPosition.NewestKey))];
        foreach (LogReader reader in readers)
        {
            Assert.Single(LogFixture.ReadAll(reader));
        }

        for (int frame = 1; frame < 20; frame++)
        {
            Task<bool>[] waits = [.. readers.Select(reader => reader.WaitToReadAsync().AsTask())];
            fixture.Write(frame);
            await Task.WhenAll(waits).WaitAsync(Patience);
            Assert.All(readers, reader => Assert.Equal([(long)frame], LogFixture.ReadAll(reader)));
        }

        Array.ForEach(readers, reader => reader.Dispose());
    }

    /// <summary>A reader that is due at every unit has woken: whatever pass the last unit caused has looked at the others too.</summary>
    private static async Task AllPassesRan(LogFixture fixture)
    {
        for (int pass = 0; pass < 3; pass++)
        {
            using LogReader probe = fixture.Log.OpenReader(LogPosition.After(fixture.Log.NextSequence - 1));
            ValueTask<bool> wait = probe.WaitToReadAsync();
            fixture.Write(0.1, track: LogFixture.Audio);
            Assert.True(await wait.AsTask().WaitAsync(Patience));
        }
    }
}
