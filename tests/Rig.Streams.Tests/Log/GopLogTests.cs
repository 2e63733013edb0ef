using Rig.Media;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Log;

namespace Rig.Streams.Tests.Log;

/// <summary>What the log keeps, where readers join, what they get.</summary>
public sealed class GopLogTests
{
    private static readonly LogReaderOptions Lossless = new() { Lossless = true };

    [Fact]
    public void A_reader_at_the_newest_key_unit_gets_everything_from_there_on_in_order()
    {
        using var fixture = new LogFixture();
        fixture.WriteFrames(0, 25);
        using LogReader reader = fixture.Log.OpenReader(LogPosition.NewestKey);
        fixture.WriteFrames(25, 8);

        Assert.Equal(LogFixture.Numbers(20, 33), LogFixture.ReadAll(reader));
    }

    [Theory]
    [InlineData(-5, 0)]
    [InlineData(0, 0)]
    [InlineData(9.9, 0)]
    [InlineData(10, 10)]
    [InlineData(27, 20)]
    [InlineData(1000, 20)]
    public void Joining_at_an_instant_begins_with_the_last_key_unit_at_or_before_it(double frame, long expected)
    {
        using var fixture = new LogFixture();
        fixture.WriteFrames(0, 30);
        using LogReader reader = fixture.Log.OpenReader(LogPosition.AtCapture(LogFixture.At(frame)));

        Assert.Equal(expected, LogFixture.ReadAll(reader)[0]);
        Assert.Equal(expected, fixture.Log.FindKey(LogFixture.At(frame))!.Value.Sequence);
    }

    [Fact]
    public void Joining_after_a_sequence_number_begins_with_its_successor_even_in_the_middle_of_a_GOP()
    {
        using var fixture = new LogFixture();
        fixture.WriteFrames(0, 30);
        using LogReader reader = fixture.Log.OpenReader(LogPosition.After(13));

        Assert.Equal(LogFixture.Numbers(14, 30), LogFixture.ReadAll(reader));
        Assert.Equal(10, fixture.Log.FindKey(14)!.Value.Sequence);
    }

    [Fact]
    public void Joining_after_a_number_that_has_gone_gives_the_gap_and_then_a_key_unit()
    {
        using var fixture = new LogFixture(new GopLogOptions { PreRoll = MediaSpan.FromSeconds(1) });
        fixture.WriteFrames(0, 100);
        using LogReader reader = fixture.Log.OpenReader(LogPosition.After(3), Lossless);

        List<object> read = LogFixture.ReadAll(reader);
        LogGap gap = Assert.IsType<LogGap>(read[0]);
        Assert.Equal(4, gap.First);
        Assert.Equal(0, gap.Next % 10);
        Assert.Equal(gap.Next - 4, gap.Units);
        Assert.Equal(LogFixture.At(gap.Next), gap.To);
        Assert.Equal(LogFixture.Numbers(gap.Next, 100), read[1..]);
    }

    [Fact]
    public void A_reader_of_an_empty_log_begins_with_the_first_key_unit()
    {
        using var fixture = new LogFixture();
        using LogReader live = fixture.Log.OpenReader(LogPosition.NewestKey);
        using LogReader oldest = fixture.Log.OpenReader(LogPosition.Oldest, Lossless);
        fixture.WriteFrames(5, 3);
        Assert.Empty(LogFixture.ReadAll(live));
        fixture.WriteFrames(8, 25);

        Assert.Equal(LogFixture.Numbers(25, 28), LogFixture.ReadAll(live));
        Assert.Equal(LogFixture.Numbers(5, 28), LogFixture.ReadAll(oldest));
        Assert.Equal(0, oldest.MissedUnits);
    }

    [Fact]
    public void The_log_keeps_the_pre_roll_and_at_most_one_GOP_more()
    {
        using var fixture = new LogFixture(new GopLogOptions { PreRoll = MediaSpan.FromSeconds(2) });
        fixture.WriteFrames(0, 1000);

        GopLogStatistics statistics = fixture.Log.GetStatistics();
        Assert.InRange(statistics.Span.Seconds, 2.0, 2.0 + (20 * LogFixture.Frame.Seconds));
        Assert.Equal(1000, statistics.Units + statistics.Evicted);
        Assert.Equal(statistics.Units * (100 + GopLogOptions.UnitOverhead), statistics.Bytes);
        Assert.NotNull(fixture.Log.FindKey(LogFixture.At(999) - MediaSpan.FromSeconds(2)));
        Assert.True(fixture.Log.FindKey(LogFixture.At(999) - MediaSpan.FromSeconds(2))!.Value.Capture <= LogFixture.At(949));
    }

    [Fact]
    public void What_a_lossless_reader_has_not_read_stays_beyond_the_pre_roll()
    {
        using var fixture = new LogFixture(new GopLogOptions { PreRoll = MediaSpan.FromSeconds(1) });
        using LogReader reader = fixture.Log.OpenReader(LogPosition.NewestKey, Lossless);
        fixture.WriteFrames(0, 1000);
        Assert.Equal(0, fixture.Log.GetStatistics().Evicted);
        Assert.Equal(1000, fixture.Log.GetStatistics().LosslessLag);

        Assert.Equal(LogFixture.Numbers(0, 1000), LogFixture.ReadAll(reader));
        fixture.WriteFrames(1000, 11);
        Assert.InRange(fixture.Log.GetStatistics().Units, 25, 50);
    }

    [Fact]
    public void With_manual_acknowledgement_the_GOP_of_the_first_unit_not_acknowledged_stays()
    {
        using var fixture = new LogFixture(new GopLogOptions { PreRoll = MediaSpan.FromSeconds(1) });
        using LogReader reader = fixture.Log.OpenReader(LogPosition.NewestKey, Lossless with { ManualAcknowledge = true });
        fixture.WriteFrames(0, 200);
        LogFixture.ReadAll(reader);
        reader.Acknowledge(54);
        fixture.WriteFrames(200, 100);

        Assert.Equal(50, fixture.Log.GetStatistics().OldestSequence);
        reader.Seek(LogPosition.After(54));
        Assert.Equal(LogFixture.Numbers(55, 300), LogFixture.ReadAll(reader));
    }

    [Fact]
    public void At_the_byte_limit_whole_GOPs_go_and_the_lossless_reader_is_told_and_resumes_at_a_key_unit()
    {
        using var fixture = new LogFixture(new GopLogOptions { MaxBytes = 100 * (1000 + GopLogOptions.UnitOverhead) });
        using LogReader reader = fixture.Log.OpenReader(LogPosition.NewestKey, Lossless);
        fixture.WriteFrames(0, 5, length: 1000);
        Assert.Equal(LogFixture.Numbers(0, 5), LogFixture.ReadAll(reader));
        fixture.WriteFrames(5, 250, length: 1000);

        List<object> read = LogFixture.ReadAll(reader);
        LogGap gap = Assert.IsType<LogGap>(read[0]);
        Assert.Equal(5, gap.First);
        Assert.Equal(0, gap.Next % 10);
        Assert.Equal(LogGapCause.CameraMemory, gap.Cause);
        Assert.Equal((LogFixture.At(4), LogFixture.At(gap.Next)), (gap.From, gap.To));
        Assert.Equal(LogFixture.Numbers(gap.Next, 255), read[1..]);
        Assert.Equal(gap.Units, reader.MissedUnits);
        Assert.Equal(gap.Units, fixture.Losses.Sum(loss => loss.Units));
        Assert.Equal(gap.Units, fixture.Log.GetStatistics().Lost);
    }

    [Fact]
    public void A_live_reader_holds_nothing_back_and_rejoins_at_the_newest_key_unit_when_overtaken()
    {
        using var fixture = new LogFixture(new GopLogOptions { PreRoll = MediaSpan.FromSeconds(1) });
        using LogReader reader = fixture.Log.OpenReader(LogPosition.NewestKey);
        fixture.WriteFrames(0, 5);
        Assert.Equal(LogFixture.Numbers(0, 5), LogFixture.ReadAll(reader));
        fixture.WriteFrames(5, 500);

        List<object> read = LogFixture.ReadAll(reader);
        LogGap gap = Assert.IsType<LogGap>(read[0]);
        Assert.Equal((5, 500, LogGapCause.Overtaken), (gap.First, gap.Next, gap.Cause));
        Assert.Equal(LogFixture.Numbers(500, 505), read[1..]);
        Assert.Equal(495, reader.MissedUnits);
    }

    [Fact]
    public void A_live_reader_behind_by_more_than_its_limit_rejoins_although_the_log_has_everything()
    {
        using var fixture = new LogFixture();
        fixture.WriteFrames(0, 1);
        using LogReader reader = fixture.Log.OpenReader(
            LogPosition.NewestKey,
            new LogReaderOptions { LagLimit = MediaSpan.FromMilliseconds(800) }
        );
        fixture.WriteFrames(1, 20);
        Assert.Equal(LogFixture.Numbers(0, 21), LogFixture.ReadAll(reader));
        fixture.WriteFrames(21, 22);

        List<object> read = LogFixture.ReadAll(reader);
        LogGap gap = Assert.IsType<LogGap>(read[0]);
        Assert.Equal((21, 40, LogGapCause.Lag), (gap.First, gap.Next, gap.Cause));
        Assert.Equal(LogFixture.Numbers(40, 43), read[1..]);
    }

    [Fact]
    public void By_lowest_priority_a_live_reader_gives_up_disposable_pictures_before_it_jumps()
    {
        using var fixture = new LogFixture();
        var options = new LogReaderOptions { LagLimit = MediaSpan.FromSeconds(2), Strategy = LagStrategy.LowestPriority };
        fixture.Write(0, key: true);
        using LogReader reader = fixture.Log.OpenReader(LogPosition.NewestKey, options);
        for (int frame = 1; frame < 40; frame++)
        {
            fixture.Write(frame, key: frame % 20 == 0, flags: frame % 2 == 1 ? UnitFlags.Disposable : UnitFlags.None);
        }

        List<object> read = LogFixture.ReadAll(reader, batch: 64);
        Assert.DoesNotContain(read, item => item is LogGap);
        Assert.Equal(LogFixture.Numbers(0, 20).Where(number => (long)number % 2 == 0), read.Take(10));
        Assert.Equal(40 - read.Count, reader.MissedUnits);
        Assert.Equal(LogFixture.Numbers(20, 40), read.Skip(10));
    }

    [Fact]
    public async Task Pressure_begins_at_the_high_and_ends_at_the_low_watermark_by_reading_alone()
    {
        using var fixture = new LogFixture(new GopLogOptions { MaxBytes = 100 * (1000 + GopLogOptions.UnitOverhead) });
        using LogReader reader = fixture.Log.OpenReader(LogPosition.NewestKey, Lossless);
        fixture.WriteFrames(0, 80, length: 1000);
        Assert.False(fixture.Log.UnderPressure);
        Assert.True(fixture.Log.WhenWritableAsync().AsTask().IsCompleted);
        fixture.WriteFrames(80, 1, length: 1000);
        Assert.True(fixture.Log.UnderPressure);
        Task writable = fixture.Log.WhenWritableAsync().AsTask();
        Assert.False(writable.IsCompleted);

        var items = new LogItem[10];
        Assert.Equal(10, reader.TryRead(items));
        Array.ForEach(items, item => item.Release());
        Assert.True(fixture.Log.UnderPressure);
        LogFixture.ReadAll(reader);

        Assert.False(fixture.Log.UnderPressure);
        Assert.Equal([true, false], fixture.Pressures);
        Assert.Empty(fixture.Losses);
        await writable.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.InRange(fixture.Log.GetStatistics().Units, 50, 60);
    }

    [Fact]
    public void Without_a_lossless_reader_there_is_never_pressure()
    {
        using var fixture = new LogFixture(new GopLogOptions { MaxBytes = 100 * (1000 + GopLogOptions.UnitOverhead) });
        fixture.WriteFrames(0, 500, length: 1000);

        Assert.Empty(fixture.Pressures);
        Assert.Equal(0, fixture.Log.GetStatistics().Lost);
        Assert.InRange(fixture.Log.GetStatistics().Units, 50, 70);
    }

    [Fact]
    public void When_the_node_runs_short_the_camera_above_its_share_loses_and_the_others_nothing()
    {
        const int unit = 1000 + GopLogOptions.UnitOverhead;
        var budget = new LogBudget(200 * unit);
        using var stuck = new LogFixture(new GopLogOptions { MaxBytes = 1000 * unit }, budget);
        using var healthy = new LogFixture(new GopLogOptions { MaxBytes = 1000 * unit, PreRoll = MediaSpan.FromSeconds(1) }, budget);
        using LogReader stuckReader = stuck.Log.OpenReader(LogPosition.NewestKey, Lossless);
        using LogReader healthyReader = healthy.Log.OpenReader(LogPosition.NewestKey, Lossless);
        var read = new List<object>();
        for (int frame = 0; frame < 600; frame++)
        {
            stuck.Write(frame, frame % 10 == 0, length: 1000);
            healthy.Write(frame, frame % 10 == 0, length: 1000);
            read.AddRange(LogFixture.ReadAll(healthyReader));
        }

        Assert.Equal(LogFixture.Numbers(0, 600), read);
        Assert.True(budget.UsedBytes <= budget.MaxBytes);
        LogGap gap = Assert.IsType<LogGap>(LogFixture.ReadAll(stuckReader)[0]);
        Assert.Equal(LogGapCause.NodeMemory, gap.Cause);
        Assert.Empty(healthy.Losses);
    }

    [Fact]
    public void A_GOP_without_end_is_cut_and_stays_within_the_byte_limit()
    {
        using var fixture = new LogFixture(new GopLogOptions { MaxBytes = 2000 * (100 + GopLogOptions.UnitOverhead) });
        fixture.Write(0, key: true);
        fixture.WriteFrames(1, 9000, gop: int.MaxValue);

        GopLogStatistics statistics = fixture.Log.GetStatistics();
        Assert.True(statistics.Bytes <= 2000 * (100 + GopLogOptions.UnitOverhead));
        Assert.True(statistics.Chunks > 1);
        using LogReader reader = fixture.Log.OpenReader(LogPosition.NewestKey);
        Assert.Empty(LogFixture.ReadAll(reader));
    }

    [Fact]
    public void A_GOP_that_was_cut_by_force_is_read_as_one()
    {
        using var fixture = new LogFixture(new GopLogOptions { PreRoll = MediaSpan.FromSeconds(100) });
        fixture.Write(0, key: true);
        fixture.WriteFrames(1, 2 * StreamLimits.UnitsPerGop, gop: int.MaxValue);
        using LogReader reader = fixture.Log.OpenReader(LogPosition.AtCapture(LogFixture.At(400)));

        Assert.Equal(LogFixture.Numbers(0, (2 * StreamLimits.UnitsPerGop) + 1), LogFixture.ReadAll(reader));
    }

    [Fact]
    public void Without_video_the_log_is_cut_about_once_a_second_and_anyone_can_join_there()
    {
        using var fixture = new LogFixture(formats: false);
        fixture.Log.OnFormat(0, LogFixture.AudioFormat());
        for (int frame = 0; frame < 125; frame++)
        {
            fixture.Write(frame, key: true);
        }

        Assert.Equal(5, fixture.Log.GetStatistics().Chunks);
        using LogReader reader = fixture.Log.OpenReader(LogPosition.AtCapture(LogFixture.At(60)));
        Assert.Equal(50L, LogFixture.ReadAll(reader)[0]);
    }

    [Fact]
    public void When_video_comes_after_audio_readers_start_at_video_key_units_only()
    {
        using var fixture = new LogFixture(formats: false);
        fixture.Log.OnFormat(LogFixture.Audio, LogFixture.AudioFormat());
        fixture.Write(0, key: true, track: LogFixture.Audio);
        fixture.Log.OnFormat(LogFixture.Video, LogFixture.VideoFormat());
        fixture.Write(0.5, key: true, track: LogFixture.Audio);
        Assert.Equal(-1, fixture.Log.NewestKey);
        fixture.Write(1, key: true);

        using LogReader reader = fixture.Log.OpenReader(LogPosition.Oldest);
        Assert.Equal(LogFixture.Numbers(2, 3), LogFixture.ReadAll(reader));
    }

    [Fact]
    public void Every_unit_carries_the_formats_valid_for_it()
    {
        using var fixture = new LogFixture();
        fixture.WriteFrames(0, 10);
        FormatSet before = fixture.Log.Formats;
        fixture.Log.OnFormat(LogFixture.Video, LogFixture.VideoFormat());
        Assert.Same(before, fixture.Log.Formats);
        fixture.Log.OnFormat(LogFixture.Video, LogFixture.VideoFormat(width: 1280));
        fixture.WriteFrames(10, 10);

        using LogReader reader = fixture.Log.OpenReader(LogPosition.Oldest);
        var items = new LogItem[20];
        Assert.Equal(20, reader.TryRead(items));
        Assert.All(items[..10], item => Assert.Same(before, item.Formats));
        Assert.All(items[10..], item => Assert.Equal(1280, item.Format.Video!.Width));
        Assert.False(before.IsSameStreamsAs(items[10].Formats));
        Array.ForEach(items, item => item.Release());
    }

    [Fact]
    public void A_unit_of_an_unknown_track_is_counted_and_released()
    {
        using var fixture = new LogFixture();
        fixture.Write(0, key: true, track: 5);
        fixture.Log.OnFormat(StreamLimits.Tracks, LogFixture.AudioFormat());

        Assert.Equal(1, fixture.Log.GetStatistics().Rejected);
        Assert.Equal(1, fixture.Log.CountFaults(StreamFaultKind.LimitExceeded));
        Assert.Equal(0, fixture.Log.NextSequence);
    }

    [Theory]
    [InlineData(-10)]
    [InlineData(-100_000)]
    [InlineData(10)]
    [InlineData(100_000)]
    public void A_step_of_the_capture_clock_neither_empties_the_log_nor_lets_it_grow(int seconds)
    {
        using var fixture = new LogFixture(new GopLogOptions { PreRoll = MediaSpan.FromSeconds(2) });
        fixture.WriteFrames(0, 200);
        int step = 200 + (seconds * 25);
        fixture.WriteFrames(step, 20);
        Assert.InRange(fixture.Log.GetStatistics().Units, 25, 100);
        fixture.WriteFrames(step + 20, 180);

        Assert.InRange(fixture.Log.GetStatistics().Units, 50, 80);
    }

    [Fact]
    public void Writing_and_reading_allocate_nothing_in_steady_state()
    {
        using var fixture = new LogFixture(new GopLogOptions { PreRoll = MediaSpan.FromSeconds(1) });
        using LogReader reader = fixture.Log.OpenReader(LogPosition.NewestKey, Lossless);
        using LogReader live = fixture.Log.OpenReader(LogPosition.NewestKey);
        var items = new LogItem[64];
        fixture.WriteFrames(0, 1000);
        Drain(reader, items);
        Drain(live, items);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int frame = 1000; frame < 6000; frame++)
        {
            fixture.Write(frame, frame % 10 == 0);
            Drain(reader, items);
            Drain(live, items);
        }

        // The fixture's builder takes a new block object for every dozens of units; the log adds nothing to that.
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 0, 5000 * 8);
    }

    private static void Drain(LogReader reader, LogItem[] items)
    {
        int count;
        while ((count = reader.TryRead(items)) > 0)
        {
            foreach (ref readonly LogItem item in items.AsSpan(0, count))
            {
                item.Release();
            }
        }
    }
}
