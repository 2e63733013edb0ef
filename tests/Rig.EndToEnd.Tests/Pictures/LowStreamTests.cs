using Rig.Contracts.Problems;
using Rig.EndToEnd.Tests.Support;

namespace Rig.EndToEnd.Tests.Pictures;

/// <summary>The low-resolution stream through the outputs that any camera has.</summary>
[Collection(RecordedSession.Name)]
public sealed class LowStreamTests(RecordedSession session)
{
    [Theory]
    [InlineData("/live/cam0.mp4?quality=low", "h264,320,180")]
    [InlineData("/live/E2E/cam1~low.mp4", "h264,320,180")]
    [InlineData("/live/cam0.mp4", "h264,640,360")]
    public async Task Ffprobe_sees_a_camera_in_the_quality_that_is_asked_for(string path, string expected)
    {
        await session.Node.StreamingAsync();
        string seen = await Programs.OutputAsync(
            "ffprobe",
            "-v",
            "error",
            "-analyzeduration",
            "1000000",
            "-select_streams",
            "v",
            "-show_entries",
            "stream=codec_name,width,height",
            "-of",
            "csv=p=0",
            new Uri(session.Node.Http.BaseAddress!, path).ToString()
        );
        Assert.Equal(expected, seen.Trim());
    }

    [Theory]
    [InlineData("/live/cam9~low.mp4", ProblemCodes.UnknownCamera)]
    [InlineData("/live/cam0.mp4?quality=best", ProblemCodes.InvalidRequest)]
    public async Task What_is_not_there_is_refused(string path, string code) =>
        Assert.Equal(code, (await session.Node.RefusedAsync(HttpMethod.Get, path)).Code);
}
