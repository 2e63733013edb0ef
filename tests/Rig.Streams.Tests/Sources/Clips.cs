namespace Rig.Streams.Tests.Sources;

/// <summary>Short clips that the tests make for themselves, once, in a folder of their own.</summary>
public sealed class Clips : IAsyncLifetime
{
    public const int Pictures = 50;

    public string Folder { get; } = Directory.CreateTempSubdirectory("rig-clips-").FullName;

    /// <summary>Two seconds at 25 pictures a second, with B-pictures, AAC, and key pictures every 10.</summary>
    public string Ts => Path.Combine(Folder, "clip.ts");

    public string Mp4 => Path.Combine(Folder, "clip.mp4");

    public string AnnexB => Path.Combine(Folder, "clip.h264");

    public string H265 => Path.Combine(Folder, "clip.h265");

    public string Adts => Path.Combine(Folder, "clip.aac");

    public async Task InitializeAsync()
    {
        string inputs = "-v error -y -f lavfi -i testsrc2=s=320x240:r=25:d=2 -f lavfi -i sine=r=48000:d=2";
        await FfmpegAsync($"{inputs} -c:v libx264 -preset ultrafast -g 10 -bf 2 -pix_fmt yuv420p -c:a aac {Ts}");
        await FfmpegAsync($"-v error -y -i {Ts} -c copy -bsf:a aac_adtstoasc {Mp4}");
        await FfmpegAsync($"-v error -y -i {Ts} -map 0:v -c copy -f h264 {AnnexB}");
        await FfmpegAsync($"-v error -y -i {Ts} -map 0:v -c:v libx265 -preset ultrafast -x265-params log-level=none -f hevc {H265}");
        await FfmpegAsync($"-v error -y -i {Ts} -map 0:a -c copy -f adts {Adts}");
    }

    public Task DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return Task.CompletedTask;
    }

    private static async Task FfmpegAsync(string arguments)
    {
        ToolResult result = await Tool.RunAsync("ffmpeg", null, arguments.Split(' '));
        Assert.True(result.ExitCode == 0, result.Errors);
    }
}
