using Rig.Media.Codecs.Jpeg;

namespace Rig.Media.Tests.Codecs.Jpeg;

/// <summary>Pictures of cameras that leave the Huffman tables out.</summary>
public sealed class JpegTablesTests
{
    [Fact]
    public async Task A_picture_without_its_tables_gets_the_standard_ones_and_is_the_same_picture()
    {
        byte[] whole = await PictureAsync();
        byte[] bare = Without(whole, 0xC4);
        Assert.True(bare.Length < whole.Length - 400);
        byte[] completed = JpegTables.Complete(bare);
        Assert.Equal(await PixelsAsync(whole), await PixelsAsync(completed));
    }

    [Fact]
    public async Task A_picture_with_its_tables_stays_as_it_is()
    {
        byte[] whole = await PictureAsync();
        Assert.Equal(whole, JpegTables.Complete(whole));
    }

    [Theory]
    [InlineData("")]
    [InlineData("FFD8")]
    [InlineData("FFD8FFDB")]
    [InlineData("FFD8FFE0FFFF0000")]
    [InlineData("FFD8FFE00000FFE00000")]
    [InlineData("0000000000000000")]
    public void What_is_no_picture_stays_as_it_is(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Assert.Equal(bytes, JpegTables.Complete(bytes));
    }

    private static async Task<byte[]> PictureAsync() =>
        await RunAsync([], "-f lavfi -i testsrc2=size=320x240 -frames:v 1 -c:v mjpeg -huffman default -f mjpeg pipe:1");

    private static Task<byte[]> PixelsAsync(byte[] jpeg) => RunAsync(jpeg, "-f mjpeg -i pipe:0 -f rawvideo pipe:1");

    private static async Task<byte[]> RunAsync(byte[] input, string arguments)
    {
        string folder = Directory.CreateTempSubdirectory("rig-jpeg-").FullName;
        try
        {
            string source = Path.Combine(folder, "in");
            string target = Path.Combine(folder, "out");
            await File.WriteAllBytesAsync(source, input);
            string files = arguments
                .Replace("pipe:0", source, StringComparison.Ordinal)
                .Replace("pipe:1", target, StringComparison.Ordinal);
            using var process = System.Diagnostics.Process.Start("ffmpeg", $"-nostdin -v error -y {files}");
            await process.WaitForExitAsync();
            Assert.Equal(0, process.ExitCode);
            return await File.ReadAllBytesAsync(target);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Leaves out the segments of a marker before the scan.</summary>
    private static byte[] Without(byte[] jpeg, byte marker)
    {
        List<byte> kept = [.. jpeg[..2]];
        int at = 2;
        while (jpeg[at + 1] != 0xDA)
        {
            int length = 2 + ((jpeg[at + 2] << 8) | jpeg[at + 3]);
            kept.AddRange(jpeg[at + 1] == marker ? [] : jpeg[at..(at + length)]);
            at += length;
        }

        return [.. kept, .. jpeg[at..]];
    }
}
