using System.Collections.Concurrent;
using System.Text.Json;
using Rig.Actors.Housekeeping;
using Rig.Actors.Manifests;
using Rig.Actors.Tests.Support;
using Rig.Contracts.Recordings;

namespace Rig.Actors.Tests.Manifests;

public sealed class ManifestTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rig-manifests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_segment_is_added_once_and_then_replaced()
    {
        Manifest manifest = Samples
            .Manifest()
            .WithSegment(Segment("a.mp4", 10))
            .WithSegment(Segment("b.mp4", 5))
            .WithSegment(Segment("a.mp4", 30));
        Assert.Equal(["a.mp4", "b.mp4"], manifest.Segments.Select(segment => segment.File));
        Assert.Equal(35, manifest.Frames);
    }

    [Fact]
    public void Gaps_are_counted_and_beyond_the_limit_still_accounted_for()
    {
        Manifest manifest = Samples.Manifest();
        for (int gap = 0; gap < 2500; gap++)
        {
            manifest = manifest.WithGap(
                new SegmentGap
                {
                    From = Samples.Noon.AddSeconds(gap),
                    To = Samples.Noon.AddSeconds(gap + 0.5),
                    Units = 2,
                    Cause = "log_full",
                }
            );
        }

        Assert.Equal(2000, manifest.Gaps.Count);
        Assert.Equal(5000, manifest.DroppedUnits);
        Assert.Equal(5000, manifest.Gaps.Sum(gap => gap.Units));
        Assert.Equal(Samples.Noon.AddSeconds(2499.5), manifest.Gaps[^1].To);
    }

    [Fact]
    public void A_gap_that_begins_where_another_of_its_cause_does_is_that_one_grown_longer()
    {
        SegmentGap full = new()
        {
            From = Samples.Noon,
            To = Samples.Noon.AddSeconds(5),
            Units = 100,
            Cause = "memory_used_up_camera_memory",
        };
        SegmentGap other = full with { Cause = "discontinuity", Units = null };
        Manifest manifest = Samples
            .Manifest()
            .WithGap(full)
            .WithGap(other)
            .WithGap(full with { To = Samples.Noon.AddSeconds(9), Units = 80 });
        Assert.Equal([full with { To = Samples.Noon.AddSeconds(9), Units = 180 }, other], manifest.Gaps);
        Assert.Equal(180, manifest.DroppedUnits);
    }

    [Fact]
    public async Task A_manifest_that_cannot_be_read_is_set_aside_and_shown_when_a_new_one_is_written()
    {
        string path = ManifestFile.PathOf(_folder, "DEMO", "cam0");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using ManifestStore store = new(_folder, TimeProvider.System, _ => { }, (_, _) => { });
        foreach (string wreck in (string[])["{ torn", "{ torn again"])
        {
            File.WriteAllText(path, wreck);
            store.Update("DEMO", "cam0", manifest => manifest ?? Samples.Manifest() with { Complete = true });
            await store.FlushAsync(CancellationToken.None);
            Assert.Equal("cam0", ManifestFile.Read(path).Camera);
        }

        Assert.Equal(["{ torn", "{ torn again"], ManifestFile.FindSetAside(_folder).Select(File.ReadAllText));
        using Catalogue catalogue = new(Path.Combine(_folder, "catalogue.db"));
        catalogue.Rebuild(_folder);
        Assert.Equal(2, catalogue.List(0, 10).Broken.Count);
    }

    [Fact]
    public async Task Updates_reach_the_disk_in_order_and_the_newest_is_there_at_once()
    {
        await using ManifestStore store = Store();
        store.Update("DEMO", "cam0", _ => Samples.Manifest());
        for (int frames = 1; frames <= 50; frames++)
        {
            int count = frames;
            store.Update("DEMO", "cam0", manifest => manifest!.WithSegment(Segment("a.mp4", count)));
        }

        Assert.Equal(50, store.Find("DEMO", "cam0")!.Frames);
        await store.FlushAsync(default);
        Assert.Equal(50, ManifestFile.Read(ManifestFile.PathOf(_folder, "DEMO", "cam0")).Frames);
        Assert.Equal([ManifestFile.PathOf(_folder, "DEMO", "cam0")], ManifestFile.Find(_folder));
    }

    [Fact]
    public async Task A_manifest_that_the_disk_refused_is_written_when_the_disk_is_back()
    {
        string blocked = Path.Combine(_folder, "DEMO");
        await File.WriteAllTextAsync(blocked, "a file where the session's folder belongs");
        TaskCompletionSource refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ManifestStore store = new(_folder, TimeProvider.System, _ => { }, (_, _) => refused.TrySetResult());
        store.Update("DEMO", "cam0", _ => Samples.Manifest());
        await refused.Task;
        File.Delete(blocked);
        await store.FlushAsync(default).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("DEMO", ManifestFile.Read(ManifestFile.PathOf(_folder, "DEMO", "cam0")).SessionId);
    }

    [Fact]
    public async Task An_index_that_cannot_take_a_manifest_keeps_none_from_being_written()
    {
        ConcurrentQueue<Exception> errors = [];
        await using ManifestStore store = new(
            _folder,
            TimeProvider.System,
            _ => throw new InvalidOperationException("The index is full."),
            (_, error) => errors.Enqueue(error)
        );
        store.Update("DEMO", "cam0", _ => Samples.Manifest());
        store.Update("DEMO", "cam1", _ => Samples.Manifest(camera: "cam1"));
        await store.FlushAsync(default).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(2, ManifestFile.Find(_folder).Count());
        Assert.Equal(["The index is full.", "The index is full."], errors.Select(error => error.Message));
    }

    [Fact]
    public async Task No_edit_is_lost_while_complete_manifests_leave_memory()
    {
        const int Edits = 500;
        await using ManifestStore store = Store();
        store.Update("DEMO", "cam0", _ => Samples.Manifest() with { Complete = true });
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(writer =>
                    Task.Run(() =>
                    {
                        for (int edit = 0; edit < Edits; edit++)
                        {
                            store.Update("DEMO", "cam0", manifest => manifest! with { DroppedUnits = manifest.DroppedUnits + 1 });
                        }
                    })
                )
        );
        await store.FlushAsync(default);
        Assert.Equal(4 * Edits, store.Find("DEMO", "cam0")!.DroppedUnits);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"schema\":1}")]
    [InlineData("{\"schema\":1,\"sessionId\":\"DEMO\"")]
    public void A_broken_manifest_is_named_and_not_fatal(string content)
    {
        string path = Path.Combine(_folder, "broken.json");
        File.WriteAllText(path, content);
        Assert.Contains(path, Assert.Throws<InvalidDataException>(() => ManifestFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../secret.mp4")]
    [InlineData("/etc/passwd")]
    [InlineData("notes.txt")]
    public void A_manifest_that_points_outside_of_its_folder_is_refused(string file)
    {
        string path = Path.Combine(_folder, "DEMO_cam0.json");
        ManifestFile.Write(path, Samples.Manifest().WithSegment(Segment(file, 1)));
        Assert.Contains(
            "not beside it",
            Assert.Throws<InvalidDataException>(() => ManifestFile.Read(path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_manifest_of_a_newer_program_is_refused()
    {
        string path = Path.Combine(_folder, "DEMO_cam0.json");
        ManifestFile.Write(path, Samples.Manifest() with { Schema = 2 });
        Assert.Contains(
            "newer program",
            Assert.Throws<InvalidDataException>(() => ManifestFile.Read(path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_manifest_on_disk_is_plain_JSON_with_the_documented_names()
    {
        string path = Path.Combine(_folder, "plain.json");
        ManifestFile.Write(path, Samples.Manifest().WithSegment(Segment("a.mp4", 1)));
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(path));
        Assert.Equal("DEMO", json.RootElement.GetProperty("sessionId").GetString());
        Assert.Equal("a.mp4", json.RootElement.GetProperty("segments")[0].GetProperty("file").GetString());
    }

    private ManifestStore Store() => new(_folder, TimeProvider.System, _ => { }, (path, error) => Assert.Fail($"{path}: {error.Message}"));

    private static Segment Segment(string file, long frames) => new() { File = file, Frames = frames };
}
