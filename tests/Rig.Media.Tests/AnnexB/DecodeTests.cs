using System.Globalization;
using Rig.Media.AnnexB;
using Rig.Media.Codecs;
using Rig.Media.Tests.Support;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Tests.AnnexB;

/// <summary>What ffmpeg makes of our units and of the order we give them.</summary>
public sealed class DecodeTests
{
    public static TheoryData<string, string> Streams { get; } =
        new()
        {
            { "test-25fps.h264", "h264" },
            { "test-25fps-interlaced.h264", "h264" },
            { "64x64-I-P-B-P-high.h264", "h264" },
            { "cars_320x240.h264", "h264" },
            { "4pics.264", "h264" },
            { "test_scalinglist_jm.264", "h264" },
            { "Cisco_Men_whisper_640x320_CAVLC_Bframe_9.264", "h264" },
            { "jvt/NRF_MW_E.264", "h264" },
            { "jvt/MPS_MW_A.264", "h264" },
            { "VID_1280x720_cabac_temporal_direct.264", "h264" },
            { "test-25fps.h265", "hevc" },
            { "64x64-I-P-B-P.h265", "hevc" },
            { "hevc.265", "hevc" },
        };

    [ToolTheory("ffmpeg", sharedMedia: true)]
    [MemberData(nameof(Streams))]
    public async Task Units_turned_back_into_a_byte_stream_decode_to_the_same_pictures(string name, string format)
    {
        CollectingSink sink = Demux(name);
        using MemoryStream stream = new();
        foreach (ReadOnlyMemory<byte> set in sink.Formats[0].Format.ParameterSets)
        {
            stream.Write([0, 0, 0, 1]);
            stream.Write(set.Span);
        }

        foreach (CollectedUnit unit in sink.Units)
        {
            Assert.True(LengthPrefixed.ToAnnexB(unit.Bytes));
            stream.Write(unit.Bytes);
        }

        ToolResult ours = await Tools.Run(
            "ffmpeg",
            stream.ToArray(),
            [.. "-v error -f".Split(' '), format, .. "-i - -f framemd5 -".Split(' ')]
        );
        ToolResult original = await Tools.Run(
            "ffmpeg",
            "-v",
            "error",
            "-f",
            format,
            "-i",
            SharedMedia.Path("es/" + name),
            "-f",
            "framemd5",
            "-"
        );

        Assert.Equal(Pictures(original), Pictures(ours));
        Assert.NotEmpty(Pictures(ours));
    }

    [ToolTheory("ffprobe", sharedMedia: true)]
    [MemberData(nameof(Streams))]
    public async Task Counted_presentation_times_follow_the_order_in_which_a_decoder_gives_the_pictures_out(string name, string format)
    {
        CollectingSink sink = Demux(name);
        ToolResult probe = await Tools.Run(
            "ffprobe",
            [.. "-v error -show_entries frame=pkt_pos -of csv=p=0 -f".Split(' '), format, SharedMedia.Path("es/" + name)]
        );
        long[] outputOrder = [.. probe.Lines.Select(line => long.Parse(line.Split(',')[0], CultureInfo.InvariantCulture))];
        long[] decodeOrder = [.. outputOrder.Order()];

        int[] expected = [.. decodeOrder.Select(position => Array.IndexOf(outputOrder, position))];
        long[] times = [.. sink.Units.Select(unit => unit.Presentation.Ticks)];
        long[] sorted = [.. times.Order()];
        Assert.Equal(expected, times.Select(time => Array.IndexOf(sorted, time)));

        // Each frame is presented one frame time after the one before it, none before it is decoded.
        long frame = sink.Units[1].Decode.Ticks - sink.Units[0].Decode.Ticks;
        Assert.All(sorted.Zip(sorted.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, frame - 1, frame + 1));
        Assert.All(sink.Units, unit => Assert.True(unit.Decode <= unit.Presentation));
    }

    private static CollectingSink Demux(string name)
    {
        BlockPool pool = new();
        CollectingSink sink = new();
        using (AnnexBDemuxer demuxer = new(pool, sink))
        {
            demuxer.Push(SharedMedia.Bytes("es/" + name), UtcInstant.Unknown);
            demuxer.Flush();
        }

        Assert.Equal(0, pool.RentedBytes);
        return sink;
    }

    private static string[] Pictures(ToolResult result) =>
        [.. result.Lines.Where(line => !line.StartsWith('#')).Select(line => line.Split(',')[^1].Trim())];
}
