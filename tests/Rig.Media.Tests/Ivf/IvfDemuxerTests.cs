using Rig.Media.Ivf;
using Rig.Media.Tests.Support;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Tests.Ivf;

public sealed class IvfDemuxerTests
{
    [SharedMediaTheory]
    [InlineData(int.MaxValue)]
    [InlineData(7)]
    public void An_av1_file_gives_its_temporal_units_with_the_times_of_the_file(int piece)
    {
        CollectingSink sink = Demux(SharedMedia.Bytes("es/test-25fps.av1.ivf"), piece);

        Assert.Equal(
            (250, 1, 320, 240),
            (sink.Units.Count, sink.Units.Count(unit => unit.IsKey), sink.Format().Video!.Width, sink.Format().Video!.Height)
        );
        Assert.Equal(25u, sink.Format().Timescale.TicksPerSecond);
        Assert.Equal(Enumerable.Range(0, 250).Select(i => (long)i), sink.Units.Select(unit => unit.Presentation.Ticks));
        Assert.Empty(sink.Faults);
    }

    /// <summary>ffprobe cannot read these frames: they are length-delimited (AV1 Annex B).</summary>
    [Fact]
    public void Length_delimited_frames_are_recognised()
    {
        CollectingSink sink = Demux(File.ReadAllBytes(SharedMedia.Sample("av1-annexb.ivf.av1")), int.MaxValue);

        Assert.NotEmpty(sink.Units);
        Assert.True(sink.Units[0].IsKey);
        Assert.Empty(sink.Faults);
    }

    [ToolFact("ffmpeg", sharedMedia: true)]
    public async Task Av1_units_decode_to_the_same_pictures_as_the_file()
    {
        CollectingSink sink = Demux(SharedMedia.Bytes("es/test-25fps.av1.ivf"), 4_096);
        using MemoryStream obus = new();
        foreach (CollectedUnit unit in sink.Units)
        {
            obus.Write([0x12, 0]); // temporal delimiter
            obus.Write(unit.Bytes);
        }

        ToolResult ours = await Tools.Run("ffmpeg", obus.ToArray(), "-v", "error", "-f", "obu", "-i", "-", "-f", "framemd5", "-");
        ToolResult original = await Tools.Run(
            "ffmpeg",
            "-v",
            "error",
            "-i",
            SharedMedia.Path("es/test-25fps.av1.ivf"),
            "-f",
            "framemd5",
            "-"
        );

        Assert.Equal(250, Hashes(original).Length);
        Assert.Equal(Hashes(original), Hashes(ours));
    }

    private static string[] Hashes(ToolResult result) =>
        [.. result.Lines.Where(line => !line.StartsWith('#')).Select(line => line.Split(',')[^1].Trim())];

    private static CollectingSink Demux(byte[] file, int piece)
    {
        BlockPool pool = new();
        CollectingSink sink = new();
        using (IvfDemuxer demuxer = new(pool, sink))
        {
            foreach (byte[] bytes in file.Chunk(piece))
            {
                demuxer.Push(bytes, UtcInstant.Unknown);
            }

            demuxer.Flush();
        }

        Assert.Equal(0, pool.RentedBytes);
        return sink;
    }
}
