using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;
using Rig.EndToEnd.Tests.Support;
using Rig.Streams.Verification;
using Xunit.Abstractions;

namespace Rig.EndToEnd.Tests;

/// <summary>The node is killed at random instants, while it records and while it starts; the session outlives it.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Kills = 20;
    private const string Session = "KILLED";
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1 / 25.0);
    private static readonly TimeSpan MostLost = TimeSpan.FromSeconds(1);

    /// <summary>One life of the process.</summary>
    /// <param name="Recorded">The node said that pictures of this life were on the disk.</param>
    private sealed record Life(DateTimeOffset Launched, DateTimeOffset Killed, bool Recorded);

    [Fact]
    public async Task Killed_twenty_times_a_session_resumes_and_loses_at_most_a_second_before_each()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        await using RunningNode node = await RunningNode.StartAsync(
            """
            cam0.source = "test:640x360@25"
            cam1.source = "test:640x360@25?audio=aac"
            """
        );
        await node.StreamingAsync();
        SessionOutcome started = await node.StartAsync(new StartSession { SessionId = Session });
        await node.RecordedAsync("cam0", 25);
        List<Life> lives = await LiveAsync(node, started.Start, new Random(seed));

        await node.UntilAsync(
            "the session goes on by itself",
            status => status.Session?.SessionId == Session && status.Cameras.All(camera => camera.Recorder.Frames >= 25)
        );
        IReadOnlyDictionary<string, Manifest> manifests = await node.FinishAsync(Session);
        Assert.Equal(2, manifests.Count);
        foreach (Manifest manifest in manifests.Values)
        {
            IReadOnlyList<string> files = node.Files(Session, manifest.Camera);
            CameraReport report = await MediaFacts.VerifyAsync(files);
            output.WriteLine($"{manifest.Camera}: {files.Count} files, {report.Frames} frames, {manifest.Gaps.Count} gaps");
            EveryFilePlays(files, report, manifest);
            MediaFacts.HolesAreNamed(report, manifest, Period, gap => gap.Cause == "process_restart");
            Assert.InRange(report.First!.Value - started.Start, TimeSpan.Zero, Period);
            Assert.All(lives, life => LittleWasLost(life, report));
        }
    }

    private static async Task<List<Life>> LiveAsync(RunningNode node, DateTimeOffset launched, Random random)
    {
        List<Life> lives = [];
        for (int kill = 0; kill < Kills; kill++)
        {
            // Every other time it is killed while it records, else wherever it happens to be: starting, repairing, resuming.
            bool recorded = kill % 2 == 0;
            if (recorded)
            {
                await node.UntilAsync(
                    "the session goes on by itself",
                    status => status.Cameras.All(camera => camera.Recorder is { Frames: > 0, DurableBytes: > 0 })
                );
            }

            await Task.Delay(random.Next(0, 1500));
            DateTimeOffset killed = TimeProvider.System.GetUtcNow();
            await node.KillAsync();
            lives.Add(new Life(launched, killed, recorded));
            launched = TimeProvider.System.GetUtcNow();
            if (kill % 2 == 0 && kill < Kills - 1)
            {
                _ = node.Launch().ContinueWith(ended => ended.Exception, TaskContinuationOptions.OnlyOnFaulted);
            }
            else
            {
                await node.StartAgainAsync();
            }
        }

        return lives;
    }

    private static void EveryFilePlays(IReadOnlyList<string> files, CameraReport report, Manifest manifest)
    {
        Assert.All(report.Files, file => Assert.Null(file.Error));
        Assert.All(report.Files, file => Assert.Equal((0, 0, 0, 0), (file.Missing, file.Duplicated, file.OutOfOrder, file.Undecodable)));
        Assert.Equal((0, 0), (report.Duplicated, report.OutOfOrder));
        Assert.Equal(files.Select(Path.GetFileName), manifest.Segments.Select(segment => segment.File).Order(StringComparer.Ordinal));
        Assert.All(manifest.Segments, segment => Assert.True(segment.Closed && segment.Damage is null, $"{segment}"));
        Assert.Equal(
            report.Files.Select(file => file.Frames),
            manifest.Segments.OrderBy(segment => segment.File, StringComparer.Ordinal).Select(segment => segment.Frames)
        );
    }

    private static void LittleWasLost(Life life, CameraReport report)
    {
        FileReport? last = report.Files.LastOrDefault(file => file.First < life.Killed && file.Last >= life.Launched);
        if (life.Recorded || last is not null)
        {
            Assert.True(last is not null, $"Nothing is left of the life from {life.Launched:O} to {life.Killed:O}.");
            Assert.True(
                life.Killed - last.Last!.Value < MostLost,
                $"{last.File} ends at {last.Last:O}, the node was killed at {life.Killed:O}."
            );
        }
    }
}
