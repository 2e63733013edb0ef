using Rig.Media.Formats;
using Rig.Streams.Sources;

namespace Rig.Streams.Tests.Sources;

public sealed class FileSourceTests(Clips clips) : IClassFixture<Clips>
{
    [Theory]
    [InlineData("clip.ts", Clips.Pictures, true)]
    [InlineData("clip.mp4", Clips.Pictures, true)]
    [InlineData("clip.h264", Clips.Pictures, false)]
    [InlineData("clip.h265", Clips.Pictures, false)]
    [InlineData("clip.aac", 0, true)]
    public async Task Every_unit_of_a_file_is_played_in_order(string name, int pictures, bool sound)
    {
        RecordingOutput output = await SourceRun.ToEndAsync($"file:{Path.Combine(clips.Folder, name)}?speed=0");

        Assert.Equal(pictures, output.Video.Count);
        Assert.Equal(sound, output.Audio.Count > 90);
        Assert.All(
            output.Units.GroupBy(unit => unit.Track),
            track => Assert.All(track.Zip(track.Skip(1)), pair => Assert.True(pair.Second.Decode > pair.First.Decode))
        );
    }

    [Fact]
    public async Task A_file_is_played_in_real_time_by_its_own_clock()
    {
        var time = new ManualTime();
        var output = new RecordingOutput();
        Task run = Play($"file:{clips.AnnexB}", output, time);
        for (int tenth = 1; tenth <= 10; tenth++)
        {
            await PassAsync(time, output, TimeSpan.FromSeconds(0.1), run);
            Assert.InRange(output.Video.Count, tenth * 2, (tenth * 3) + 2);
        }

        Assert.False(run.IsCompleted);
        await FinishAsync(time, run);
        Assert.Equal(Clips.Pictures, output.Video.Count);
    }

    [Fact]
    public async Task Speed_makes_the_clock_run_faster()
    {
        var time = new ManualTime();
        var output = new RecordingOutput();
        Task run = Play($"file:{clips.AnnexB}?speed=4", output, time);

        await PassAsync(time, output, TimeSpan.FromSeconds(0.25), run);

        Assert.InRange(output.Video.Count, 24, 28);
        await FinishAsync(time, run);
    }

    [Theory]
    [InlineData("clip.ts")]
    [InlineData("clip.mp4")]
    [InlineData("clip.h264")]
    public async Task Times_go_on_over_repetitions_as_if_there_were_none(string name)
    {
        RecordingOutput output = await SourceRun.UntilAsync(500, $"file:{Path.Combine(clips.Folder, name)}?loop&speed=0");

        Assert.True(output.Video.Count > 2 * Clips.Pictures);
        double tick = output.Video[0].Format.Timescale.TicksPerSecond;
        List<double> steps = [.. output.Video.Zip(output.Video.Skip(1), (a, b) => (b.Decode - a.Decode) / tick)];
        Assert.All(steps, step => Assert.InRange(step, 0.02, 0.12));
        Assert.Equal(0.04, steps.Average(), 2);
        Assert.True(output.Video[Clips.Pictures].IsKey);
        Assert.Equal(output.Video[0].Bytes, output.Video[Clips.Pictures].Bytes);
    }

    [Fact]
    public async Task Sound_stays_with_its_picture_over_repetitions()
    {
        RecordingOutput output = await SourceRun.UntilAsync(1500, $"file:{clips.Ts}?loop&speed=0");

        double Lead(int pass) =>
            (output.Video[pass * Clips.Pictures].Presentation / 90_000.0)
            - (
                output.Audio[pass * (output.Audio.Count / (output.Video.Count / Clips.Pictures))].Presentation
                / (double)output.Audio[0].Format.Timescale.TicksPerSecond
            );
        Assert.InRange(Math.Abs(Lead(0) - Lead(4)), 0, 1.0);
        Assert.Equal(2, output.Units.Select(unit => unit.Format).Distinct().Count());
    }

    [Theory]
    [InlineData("file:/no/such/file.ts", "Check the path")]
    [InlineData("file:", "names no file")]
    [InlineData("file:x.ts?looop", "loop, speed")]
    public async Task A_wrong_file_is_told_what_to_do(string source, string remedy)
    {
        var failure = await Assert.ThrowsAsync<SourceException>(() => SourceRun.ToEndAsync(source));

        Assert.Contains(remedy, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_with_nothing_to_play_is_not_repeated_for_ever()
    {
        string empty = Path.Combine(clips.Folder, "empty.ts");
        await File.WriteAllBytesAsync(empty, new byte[70_000]);

        var failure = await Assert.ThrowsAsync<SourceException>(() => SourceRun.ToEndAsync($"file:{empty}?loop"));

        Assert.Contains("ffprobe", failure.Message, StringComparison.Ordinal);
    }

    private static Task Play(string source, RecordingOutput output, ManualTime time) =>
        Inline.Start(async () =>
        {
            await using ISource file = BuiltInSources.Registry().Create(source, new SourceContext { Time = time });
            await file.RunAsync(output, CancellationToken.None);
        });

    /// <summary>Moves the clock whenever the player sleeps on it, until so much has passed.</summary>
    private static async Task PassAsync(ManualTime time, RecordingOutput output, TimeSpan span, Task run)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < span; passed += TimeSpan.FromMilliseconds(5))
        {
            while (time.Waiting == 0 && !run.IsCompleted)
            {
                await Task.Yield();
            }

            time.Advance(TimeSpan.FromMilliseconds(5));
        }
    }

    private static async Task FinishAsync(ManualTime time, Task run)
    {
        while (!run.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }

        await run;
    }
}
