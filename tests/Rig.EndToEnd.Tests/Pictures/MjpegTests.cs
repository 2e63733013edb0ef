using System.Net;
using Rig.Contracts.Problems;
using Rig.EndToEnd.Tests.Support;

namespace Rig.EndToEnd.Tests.Pictures;

/// <summary>The fallback for whatever cannot play video.</summary>
[Collection(RecordedSession.Name)]
public sealed class MjpegTests(RecordedSession session)
{
    [Theory]
    [InlineData("cam0")]
    [InlineData("E2E/cam1")]
    public async Task Ffmpeg_plays_a_camera_as_jpeg_pictures_that_move(string camera)
    {
        await session.Node.StreamingAsync();
        string hashes = await Programs.OutputAsync(
            "ffmpeg",
            "-v",
            "error",
            "-f",
            "mpjpeg",
            "-i",
            new Uri(session.Node.Http.BaseAddress!, $"/mjpeg/{camera}?width=320&fps=10").ToString(),
            "-frames:v",
            "5",
            "-f",
            "framemd5",
            "-"
        );
        string[] pictures = [.. hashes.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(',')[^1])];
        Assert.Equal(5, pictures.Length);
        Assert.Equal(5, pictures.Distinct().Count());
    }

    [Fact]
    public async Task The_parts_are_named_whole_and_of_the_size_asked_for()
    {
        await session.Node.StreamingAsync();
        using HttpResponseMessage answer = await session.Node.Http.GetAsync(
            "/mjpeg/cam0?width=160",
            HttpCompletionOption.ResponseHeadersRead
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("multipart/x-mixed-replace", answer.Content.Headers.ContentType!.MediaType);
        await using Stream body = await answer.Content.ReadAsStreamAsync();
        using StreamReader head = new(body, System.Text.Encoding.Latin1, false, 64, leaveOpen: true);
        Assert.Equal("--picture", await head.ReadLineAsync());
        Assert.Equal("Content-Type: image/jpeg", await head.ReadLineAsync());
        Assert.StartsWith("Content-Length: ", await head.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/mjpeg/cam9", ProblemCodes.UnknownCamera)]
    [InlineData("/mjpeg/cam0?fps=100", ProblemCodes.InvalidRequest)]
    [InlineData("/mjpeg/cam0?width=9999", ProblemCodes.InvalidRequest)]
    public async Task What_cannot_be_shown_is_refused(string path, string code) =>
        Assert.Equal(code, (await session.Node.RefusedAsync(HttpMethod.Get, path)).Code);
}
