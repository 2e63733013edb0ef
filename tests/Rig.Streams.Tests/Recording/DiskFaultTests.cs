using Rig.Media.Mp4;
using Rig.Media.Time;
using Rig.Streams.Log;
using Rig.Streams.Recording;

namespace Rig.Streams.Tests.Recording;

/// <summary>quality.md, "Faults to survive": the disk. What is not lost is in the files once; what is lost is named.</summary>
public sealed class DiskFaultTests
{
    private static readonly RecorderOptions Rotating = RecorderFixture.Quick with { RotationSpan = MediaSpan.FromSeconds(4) };

    /// <summary>Writes by media alone: the last units are still pending when the recording ends.</summary>
    private static readonly RecorderOptions Slow = RecorderFixture.Quick with { TendInterval = TimeSpan.FromMinutes(5) };

    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    public async Task One_write_that_fails_costs_nothing(int written)
    {
        await using var fixture = new RecorderFixture(bPictures: false);
        int writes = 0;
        fixture.Files.OnWrite = (_, _, _) => Interlocked.Increment(ref writes) == 4 ? (written, FaultyFiles.Eio) : null;
        CameraRecorder recorder = await fixture.RecordAsync();
        await fixture.Camera.PlayAsync(6);
        await fixture.Stop(recorder);

        Assert.Equal(FaultyFiles.Eio, Assert.Single(fixture.Faults).Errno);
        Assert.Equal(1, fixture.Recoveries);
        Assert.Equal(SegmentOutcome.Closed, Assert.Single(fixture.Closed).Outcome);
        fixture.AssertHolds(fixture.Camera.Written);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(700)]
    public async Task A_full_disk_closes_the_segment_and_recording_goes_on_in_another_when_there_is_space(int written)
    {
        await using var fixture = new RecorderFixture(bPictures: false);
        string? full = null;
        int writes = 0;
        fixture.Files.OnWrite = (path, _, _) =>
        {
            if (Interlocked.Increment(ref writes) == 5)
            {
                Volatile.Write(ref full, path);
                return (written, FaultyFiles.Enospc);
            }

            // The end of the first file lies in space that was reserved for it; no other gets any.
            return Volatile.Read(ref full) is { } first && path != first ? (written, FaultyFiles.Enospc) : null;
        };
        CameraRecorder recorder = await fixture.RecordAsync();
        fixture.Camera.Play(4);
        await fixture.Until(() => recorder.GetStatistics().DiskFault && fixture.Faults.Count >= 3);
        Assert.Equal(RecorderState.Recording, recorder.State);
        Volatile.Write(ref full, null);
        await fixture.Camera.PlayAsync(4);
        await fixture.Until(() => fixture.Recoveries > 0);
        await fixture.Stop(recorder);

        Assert.All(fixture.Closed, segment => Assert.Equal(SegmentOutcome.Closed, segment.Outcome));
        Assert.Empty(fixture.Gaps);
        fixture.AssertHolds(fixture.Camera.Written);
    }

    [Fact]
    public async Task A_disk_that_fails_for_a_while_costs_nothing_that_memory_can_hold()
    {
        await using var fixture = new RecorderFixture(bPictures: false);
        int failing = 0;
        fixture.Files.OnWrite = (_, _, _) => Volatile.Read(ref failing) == 1 ? (0, FaultyFiles.Eio) : null;
        CameraRecorder recorder = await fixture.RecordAsync(options: Rotating);
        await fixture.Camera.PlayAsync(3);
        Volatile.Write(ref failing, 1);
        fixture.Camera.Play(3);
        await fixture.Until(() => fixture.Faults.Count >= 5);
        Volatile.Write(ref failing, 0);
        await fixture.Camera.PlayAsync(3);
        await fixture.Until(() => fixture.Recoveries > 0);
        await fixture.Stop(recorder);

        Repair(fixture);
        fixture.AssertHolds(fixture.Camera.Written);
        Assert.Empty(fixture.Gaps);
    }

    [Fact]
    public async Task A_sync_that_fails_makes_the_next_segment_take_up_what_was_not_durable()
    {
        await using var fixture = new RecorderFixture(bPictures: false);
        int syncs = 0;
        fixture.Files.OnSync = path =>
        {
            if (Interlocked.Increment(ref syncs) == 3)
            {
                throw new SegmentIoException("fdatasync", path, FaultyFiles.Eio);
            }
        };
        CameraRecorder recorder = await fixture.RecordAsync();
        for (int round = 0; fixture.Faults.IsEmpty; round++)
        {
            Assert.True(round < 1000);
            await fixture.Camera.PlayAsync(0.5);
            long written = fixture.Log.NextSequence - 1;
            await fixture.Until(() => !fixture.Faults.IsEmpty || recorder.GetStatistics().DurableSequence >= written);
        }

        await fixture.Until(() => fixture.Recoveries > 0);
        await fixture.Camera.PlayAsync(2);
        await fixture.Stop(recorder);

        Assert.Contains(fixture.Closed, segment => segment.Outcome != SegmentOutcome.Closed);
        Repair(fixture);
        fixture.AssertHolds(fixture.Camera.Written);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_at_first_delays_the_file_and_costs_nothing()
    {
        await using var fixture = new RecorderFixture(bPictures: false);
        int refusing = 1;
        fixture.Files.OnCreate = path =>
        {
            if (Volatile.Read(ref refusing) == 1)
            {
                throw new SegmentIoException("create", path, FaultyFiles.Erofs);
            }
        };
        CameraRecorder recorder = await fixture.RecordAsync();
        fixture.Camera.Play(5);
        await fixture.Until(() => fixture.Faults.Count >= 4);
        Volatile.Write(ref refusing, 0);
        await fixture.Until(() => fixture.Recoveries > 0);
        await fixture.Stop(recorder);

        fixture.AssertHolds(fixture.Camera.Written);
    }

    [Fact]
    public async Task A_stalled_disk_stops_neither_other_cameras_nor_loses_what_memory_holds()
    {
        await using var stuck = new RecorderFixture(bPictures: false);
        await using var other = new RecorderFixture(bPictures: false);
        using var release = new ManualResetEventSlim();
        int writes = 0;
        stuck.Files.OnWrite = (_, _, _) =>
        {
            if (Interlocked.Increment(ref writes) == 3)
            {
                release.Wait(RecorderFixture.Patience);
            }

            return null;
        };
        CameraRecorder first = await stuck.RecordAsync();
        CameraRecorder second = await other.RecordAsync();
        stuck.Camera.Play(8);
        other.Camera.Play(8);
        await other.Stop(second);
        other.AssertHolds(other.Camera.Written);
        release.Set();
        await stuck.Stop(first);

        stuck.AssertHolds(stuck.Camera.Written);
        Assert.Empty(stuck.Gaps);
    }

    [Fact]
    public async Task When_a_stall_outlasts_memory_the_gap_is_named_exactly_and_recording_goes_on_with_a_key_unit()
    {
        await using var fixture = new RecorderFixture(new GopLogOptions { MaxBytes = 400_000 }, audio: false, bPictures: false);
        using var release = new ManualResetEventSlim();
        int writes = 0;
        fixture.Files.OnWrite = (_, _, _) =>
        {
            if (Interlocked.Increment(ref writes) == 3)
            {
                release.Wait(RecorderFixture.Patience);
            }

            return null;
        };
        CameraRecorder recorder = await fixture.RecordAsync();
        await fixture.Camera.PlayAsync(2);
        await fixture.Until(() => Volatile.Read(ref writes) >= 3);
        fixture.Camera.Play(120);
        release.Set();
        await fixture.Until(() => !fixture.Gaps.IsEmpty);
        await fixture.Stop(recorder);

        long missing = fixture.Gaps.Sum(gap => gap.Units);
        Assert.All(fixture.Gaps, gap => Assert.Equal(SegmentGapCause.MemoryUsedUp, gap.Cause));
        Assert.Equal(missing, recorder.GetStatistics().DroppedUnits);
        string[] found = [.. fixture.InOrder().SelectMany(RecorderFixture.ReadPresented).Select(unit => unit.Hash)];
        Assert.Equal(fixture.Camera.Written.Count, found.Length + missing);
        Assert.Equal(found.Length, found.Distinct().Count());
        Assert.Equal(missing, fixture.Closed.Sum(segment => segment.Gaps.Sum(gap => gap.Units)));
    }

    [Fact]
    public async Task A_disk_that_stays_full_for_longer_than_memory_lasts_leaves_one_gap()
    {
        await using var fixture = new RecorderFixture(new GopLogOptions { MaxBytes = 400_000 }, audio: false, bPictures: false);
        int full = 0;
        fixture.Files.OnWrite = (_, _, _) => Volatile.Read(ref full) == 1 ? (0, FaultyFiles.Enospc) : null;
        CameraRecorder recorder = await fixture.RecordAsync();
        await fixture.Camera.PlayAsync(2);
        Volatile.Write(ref full, 1);
        for (int pieces = 0; pieces < 3; )
        {
            fixture.Camera.Play(120);
            pieces++;
            int wanted = pieces;
            await fixture.Until(() => fixture.Gaps.Count >= wanted);
        }

        Volatile.Write(ref full, 0);
        await fixture.Until(() => fixture.Recoveries > 0);
        await fixture.Stop(recorder);

        Assert.Single(fixture.Gaps.Select(gap => gap.From).Distinct());
        SegmentGap named = Assert.Single(fixture.Closed.SelectMany(segment => segment.Gaps));
        Assert.Equal(fixture.Gaps.Sum(gap => gap.Units), named.Units);
        Repair(fixture);
        string[] found = [.. fixture.InOrder().SelectMany(RecorderFixture.ReadPresented).Select(unit => unit.Hash)];
        Assert.Equal(fixture.Camera.Written.Count, found.Length + named.Units);
        Assert.Equal(found.Length, found.Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_given_up_while_a_segment_is_closed_is_counted_and_named(bool hasFile)
    {
        await using var fixture = new RecorderFixture(audio: false, bPictures: false);
        // A file is begun when the camera's tracks are known; this one's never are.
        RecorderOptions options = hasFile ? Slow : Slow with { SettleSpan = MediaSpan.FromSeconds(3600) };
        CameraRecorder recorder = await fixture.RecordAsync(options: options);
        await fixture.Camera.PlayAsync(1.8);
        await fixture.Until(() => fixture.Opened.IsEmpty != hasFile);
        fixture.Files.OnWrite = (_, _, _) => recorder.State == RecorderState.Finalizing ? (0, FaultyFiles.Eio) : null;
        await fixture.Stop(recorder);

        SegmentGap gap = Assert.Single(fixture.Gaps);
        Assert.Equal(SegmentGapCause.DiskRefused, gap.Cause);
        Assert.InRange(gap.Units, 1, fixture.Camera.Written.Count);
        Assert.Equal(gap.Units, recorder.GetStatistics().DroppedUnits);
        Assert.Equal(hasFile ? [gap] : [], fixture.Closed.SelectMany(segment => segment.Gaps));
        Repair(fixture);
        Assert.Equal(fixture.Camera.Written.Count, fixture.Paths.Sum(path => RecorderFixture.ReadPresented(path).Count) + gap.Units);
    }

    [Fact]
    public async Task A_bug_while_a_segment_is_closed_is_reported_and_its_units_are_not_called_durable()
    {
        await using var fixture = new RecorderFixture(audio: false, bPictures: false);
        CameraRecorder recorder = await fixture.RecordAsync(options: Slow);
        await fixture.Camera.PlayAsync(1.8);
        await fixture.Until(() => !fixture.Opened.IsEmpty);
        fixture.Files.OnWrite = (_, _, _) =>
            recorder.State == RecorderState.Finalizing ? throw new InvalidOperationException("a bug") : null;
        recorder.Stop(UtcInstant.Unknown);
        await recorder.Completion.WaitAsync(RecorderFixture.Patience);

        Assert.Equal("a bug", Assert.IsType<InvalidOperationException>(fixture.Failure).Message);
        Assert.Equal(RecorderState.Failed, recorder.State);
        Assert.True(recorder.GetStatistics().DurableSequence < fixture.Log.NextSequence - 1);
        await recorder.DisposeAsync();
    }

    [Fact]
    public async Task On_a_small_file_system_recording_stops_and_goes_on_cleanly()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            // Mounting needs root; the same faults are injected above.
            return;
        }

        string folder = Directory.CreateTempSubdirectory("rig-small-").FullName;
        (_, string refused) = await CameraRecorderTests.RunAsync("mount", "-t", "tmpfs", "-o", "size=768k", "tmpfs", folder);
        if (refused.Length > 0)
        {
            Directory.Delete(folder);
            return;
        }

        try
        {
            await FillAndContinue(folder);
        }
        finally
        {
            await CameraRecorderTests.RunAsync("umount", folder);
            Directory.Delete(folder);
        }
    }

    private static async Task FillAndContinue(string mounted)
    {
        string folder = Path.Combine(mounted, "recordings");
        Directory.CreateDirectory(folder);
        string ballast = Path.Combine(mounted, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[400 << 10]);
        await using var fixture = new RecorderFixture(folder: folder, bPictures: false);
        CameraRecorder recorder = await fixture.RecordAsync(options: RecorderFixture.Quick with { ReserveStep = 64 << 10 });
        while (!recorder.GetStatistics().DiskFault)
        {
            fixture.Camera.Play(0.5);
            long written = fixture.Log.NextSequence - 1;
            await fixture.Until(() => recorder.GetStatistics().DiskFault || recorder.GetStatistics().DurableSequence >= written);
        }

        Assert.All(fixture.Faults, fault => Assert.True(fault.IsFull));
        File.Delete(ballast);
        await fixture.Until(() => fixture.Recoveries > 0);
        await fixture.Stop(recorder);

        Assert.All(fixture.Closed, segment => Assert.NotEqual(SegmentOutcome.Unfinished, segment.Outcome));
        fixture.AssertHolds(fixture.Camera.Written);
    }

    private static void Repair(RecorderFixture fixture)
    {
        var repair = new SegmentRepair(new LinuxSegmentFiles());
        SegmentRecovery[] recovered = [.. fixture.Paths.Select(repair.Repair)];
        Assert.All(recovered, file => Assert.Null(file.Fault));
        Assert.All(recovered, file => Assert.True(file.Condition is Mp4Condition.Closed or Mp4Condition.Open or Mp4Condition.Unturned));
    }
}
