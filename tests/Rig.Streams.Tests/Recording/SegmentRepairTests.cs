using Rig.Media.Mp4;
using Rig.Media.Time;
using Rig.Streams.Recording;

namespace Rig.Streams.Tests.Recording;

/// <summary>Files as a kill, a power cut or a crash of the repair itself leave them.</summary>
public sealed class SegmentRepairTests
{
    private static readonly SegmentRepair Repair = new(new LinuxSegmentFiles());

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(23)]
    public async Task After_a_kill_at_any_moment_the_file_plays_to_within_a_fragment_of_it(int seed)
    {
        var random = new Random(seed);
        await using var fixture = new RecorderFixture(audio: seed % 2 == 0, bPictures: false);
        CameraRecorder recorder = await fixture.RecordAsync();
        string copies = Directory.CreateDirectory(Path.Combine(fixture.Folder, "copies")).FullName;
        for (int kill = 0; kill < 12; kill++)
        {
            await fixture.Camera.PlayAsync(random.NextDouble() * 2);
            int halfSecond = seed % 2 == 0 ? 37 : 13;
            await fixture.Until(() =>
                recorder.GetStatistics() is { Path: not null } now && fixture.Log.NextSequence - now.Units <= halfSecond
            );
            UtcInstant moment = fixture.Log.NewestCapture;
            string copy = Path.Combine(copies, $"{kill}.mp4");
            File.Copy(fixture.Paths[0], copy);

            SegmentRecovery recovered = Repair.Repair(copy);
            Assert.Null(recovered.Fault);
            Assert.Equal(Mp4Condition.Open, recovered.Condition);
            List<SeenUnit> units = [.. RecorderFixture.ReadPresented(copy).Where(unit => unit.Track == 0)];
            Assert.Equal(
                fixture.Camera.Written.Where(unit => unit.Track == 0).Take(units.Count).Select(unit => unit.Hash),
                units.Select(unit => unit.Hash)
            );
            Assert.True(moment - (CameraScript.Start + MediaSpan.FromSeconds(units.Count / 25.0)) < MediaSpan.FromSeconds(1));
        }

        await fixture.Stop(recorder);
        fixture.AssertHolds(fixture.Camera.Written.Where(unit => unit.Capture >= CameraScript.Start));
    }

    [Fact]
    public async Task A_torn_end_is_cut_off_and_other_programs_find_nothing_wrong()
    {
        await using var fixture = new RecorderFixture();
        string path = await RecordOpen(fixture);
        byte[] whole = await File.ReadAllBytesAsync(path);
        for (int cut = whole.Length; cut > whole.Length / 2; cut -= 1777)
        {
            string copy = Path.Combine(fixture.Folder, "cut.mp4");
            await File.WriteAllBytesAsync(copy, whole[..cut]);
            SegmentRecovery recovered = Repair.Repair(copy);
            Assert.True(recovered is { Changed: true, Condition: Mp4Condition.Open });
            Assert.Equal(Mp4Condition.Closed, Repair.Repair(copy).Condition);
            Assert.False(File.Exists(copy + SegmentRepair.UndoEnding));
        }

        (_, string errors) = await CameraRecorderTests.RunAsync(
            "ffmpeg",
            "-v",
            "error",
            "-i",
            Path.Combine(fixture.Folder, "cut.mp4"),
            "-f",
            "null",
            "-"
        );
        Assert.Equal("", errors);
    }

    [Fact]
    public async Task A_repair_that_crashes_at_any_of_its_writes_can_be_done_again()
    {
        await using var fixture = new RecorderFixture();
        string path = await RecordOpen(fixture);
        byte[] torn = (await File.ReadAllBytesAsync(path))[..^100];
        string copy = Path.Combine(fixture.Folder, "crash.mp4");
        await File.WriteAllBytesAsync(copy, torn);
        long expected = Repair.Repair(copy).Units;

        for (int crash = 1; crash <= 4; crash++)
        {
            await File.WriteAllBytesAsync(copy, torn);
            var files = new FaultyFiles(new LinuxSegmentFiles());
            int writes = 0;
            files.OnWrite = (_, _, bytes) => Interlocked.Increment(ref writes) == crash ? (bytes / 2, FaultyFiles.Eio) : null;
            SegmentRecovery failed = new SegmentRepair(files).Repair(copy);
            Assert.Equal(writes >= crash, failed.Fault is not null);

            Assert.Equal(expected, Repair.Repair(copy).Units);
            Assert.Equal(Mp4Condition.Closed, Repair.Repair(copy).Condition);
        }
    }

    [Fact]
    public void A_folder_with_anything_in_it_is_looked_through_without_harm()
    {
        string folder = Directory.CreateTempSubdirectory("rig-repair-").FullName;
        File.WriteAllText(Path.Combine(folder, "a.mp4"), "no MP4 at all, but long enough to look into");
        File.WriteAllBytes(Path.Combine(folder, "b.mp4"), []);
        File.WriteAllText(Path.Combine(folder, "c.json"), "{}");

        SegmentRecovery[] recovered = [.. Directory.GetFiles(folder, "*.mp4").Order(StringComparer.Ordinal).Select(Repair.Repair)];
        Assert.Equal([Mp4Condition.Unknown, Mp4Condition.Empty], recovered.Select(file => file.Condition));
        Assert.All(recovered, file => Assert.False(file.Changed));
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A copy of a file that is being recorded, some seconds long.</summary>
    private static async Task<string> RecordOpen(RecorderFixture fixture)
    {
        CameraRecorder recorder = await fixture.RecordAsync();
        await fixture.Camera.PlayAsync(4);
        long last = fixture.Log.NextSequence - 1;
        await fixture.Until(() => recorder.GetStatistics().DurableSequence >= last);
        string copy = Path.Combine(fixture.Folder, "open.mp4");
        File.Copy(fixture.Paths[0], copy);
        await fixture.Stop(recorder);
        return copy;
    }
}
