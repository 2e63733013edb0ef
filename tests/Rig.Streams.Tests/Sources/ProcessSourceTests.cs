using Rig.Media.Formats;
using Rig.Streams.Sources;

namespace Rig.Streams.Tests.Sources;

/// <summary>Sources that are child processes.</summary>
public sealed class ProcessSourceTests(Clips clips) : IClassFixture<Clips>
{
    [Fact]
    public async Task A_program_that_writes_a_transport_stream_is_recorded_whole()
    {
        RecordingOutput output = await SourceRun.ToEndAsync($"exec:ffmpeg -v error -i {clips.Ts} -c copy -f mpegts pipe:1");

        Assert.Equal(Clips.Pictures, output.Video.Count);
        Assert.Equal(Codec.Aac, output.Audio[0].Format.Codec);
        Assert.Equal((320, 240), (output.Video[0].Format.Video!.Width, output.Video[0].Format.Video!.Height));
    }

    [Theory]
    [InlineData(false, Codec.H264)]
    [InlineData(true, Codec.H265)]
    public async Task A_program_that_writes_a_byte_stream_is_recorded_whole(bool h265, Codec codec)
    {
        RecordingOutput output = await SourceRun.ToEndAsync($"exec:cat {(h265 ? clips.H265 : clips.AnnexB)}");

        Assert.Equal(Clips.Pictures, output.Video.Count);
        Assert.Equal(codec, output.Video[0].Format.Codec);
    }

    [Fact]
    public async Task A_program_that_fails_is_quoted_with_its_exit_code()
    {
        var failure = await Assert.ThrowsAsync<SourceException>(() =>
            SourceRun.ToEndAsync("exec:sh -c 'echo no camera today >&2; exit 5'")
        );

        Assert.Contains("exit code 5", failure.Message, StringComparison.Ordinal);
        Assert.Contains("no camera today", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named()
    {
        var failure = await Assert.ThrowsAsync<SourceException>(() => SourceRun.ToEndAsync("exec:no-such-program"));

        Assert.Contains("no-such-program", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_talks_nonsense_is_counted_and_ends_like_any_other()
    {
        RecordingOutput output = await SourceRun.ToEndAsync("exec:head -c 300000 /dev/zero");

        Assert.Empty(output.Units);
        Assert.NotEmpty(output.Faults);
    }

    [Fact]
    public async Task The_program_ends_with_its_camera_and_its_words_stay()
    {
        var output = new RecordingOutput();
        await using ISource source = BuiltInSources
            .Registry()
            .Create($"exec:sh -c 'echo hello >&2; cat {clips.Ts}; exec sleep 600'", new SourceContext());
        using var stop = new CancellationTokenSource();
        Task run = source.RunAsync(output, stop.Token);
        await output.WhenUnits(20);
        int child = source.Statistics.ChildProcessId!.Value;

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        Assert.False(Directory.Exists($"/proc/{child}"));
        Assert.Null(source.Statistics.ChildProcessId);
        Assert.Equal(["hello"], source.Statistics.ErrorOutput);
        Assert.True(source.Statistics.Bytes > 10_000);
    }

    [Fact]
    public async Task A_source_whose_output_is_full_makes_its_program_wait()
    {
        var open = new TaskCompletionSource();
        var output = new RecordingOutput { Writable = async cancellation => await open.Task.WaitAsync(cancellation) };
        await using ISource source = BuiltInSources.Registry().Create($"exec:cat {clips.Ts}", new SourceContext());
        Task run = source.RunAsync(output, CancellationToken.None);
        Assert.Empty(output.Units);
        Assert.False(run.IsCompleted);

        open.SetResult();
        await run;

        Assert.Equal(Clips.Pictures, output.Video.Count);
    }

    [Fact]
    public void Secrets_of_an_address_are_not_shown()
    {
        ISource source = BuiltInSources.Registry().Create("rtsp://admin:secret@10.0.0.9:554/live?token=abc", new SourceContext());

        Assert.Equal("rtsp://10.0.0.9:554/live", source.Description);
    }

    [Fact]
    public void Rtsp_is_asked_for_over_tcp_and_copied()
    {
        string arguments = string.Join(' ', FfmpegScheme.Arguments(SourceUri.Parse("rtsp://10.0.0.9/live")));

        Assert.Contains("-rtsp_transport tcp", arguments, StringComparison.Ordinal);
        Assert.Contains("-i rtsp://10.0.0.9/live", arguments, StringComparison.Ordinal);
        Assert.Contains("-c copy", arguments, StringComparison.Ordinal);
        Assert.EndsWith("-f mpegts pipe:1", arguments, StringComparison.Ordinal);
    }
}
