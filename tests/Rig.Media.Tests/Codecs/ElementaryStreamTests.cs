using Rig.Media.Formats;
using Rig.Media.Tests.Support;

namespace Rig.Media.Tests.Codecs;

/// <summary>Every elementary stream of the shared media against what ffprobe counted (truth.json); differences are explained at their case.</summary>
public sealed class ElementaryStreamTests
{
    [SharedMediaTheory]
    [InlineData("test-25fps.h264", 250, 4, 320, 240)]
    [InlineData("test-25fps-interlaced.h264", 250, 1, 320, 240)]
    [InlineData("64x64-I-P-B-P-high.h264", 3, 1, 64, 64)]
    [InlineData("64x64-I-P.h264", 2, 1, 64, 64)]
    [InlineData("cars_320x240.h264", 30, 1, 320, 240)]
    [InlineData("4pics.264", 4, 1, 1920, 1080)]
    [InlineData("Zhling_1280x720.264", 19, 1, 1280, 720)]
    [InlineData("test_qcif_cabac.264", 30, 1, 176, 144)]
    [InlineData("test_scalinglist_jm.264", 5, 1, 320, 192)]
    [InlineData("SarVui.264", 17, 1, 176, 144)]
    [InlineData("Static.264", 10, 1, 152, 100)]
    // Three sequences, the size of the last; the first picture begins with macroblock 131: its first slice was taken out on purpose.
    [InlineData("Error_I_P.264", 6, 3, 352, 288, 1)]
    [InlineData("Cisco_Men_whisper_640x320_CAVLC_Bframe_9.264", 9, 2, 640, 320)]
    [InlineData("jvt/MIDR_MW_D.264", 100, 2, 176, 144)]
    [InlineData("jvt/NRF_MW_E.264", 100, 4, 176, 144)]
    [InlineData("jvt/MPS_MW_A.264", 150, 5, 176, 144)]
    [InlineData("VID_1280x720_cabac_temporal_direct.264", 300, 2, 1280, 720)]
    public void H264_streams_give_the_pictures_that_ffprobe_counts(
        string name,
        int pictures,
        int keys,
        int width,
        int height,
        int damaged = 0
    )
    {
        CollectingSink sink = ParserRun.All(Parsers.H264, SharedMedia.Bytes("es/" + name));

        Check(sink, pictures, keys, width, height, damaged);
    }

    [SharedMediaTheory]
    [InlineData("test-25fps.h265", 250, 1, 320, 240)]
    [InlineData("64x64-I-P-B-P.h265", 3, 1, 64, 64)]
    [InlineData("hevc.265", 50, 1, 1920, 1080)]
    public void H265_streams_give_the_pictures_that_ffprobe_counts(string name, int pictures, int keys, int width, int height)
    {
        CollectingSink sink = ParserRun.All(Parsers.H265, SharedMedia.Bytes("es/" + name));

        Check(sink, pictures, keys, width, height);
    }

    [SharedMediaTheory]
    [InlineData("bbb_1ch_8kHz.aac", 25, 8_000, 1)]
    [InlineData("sample.adts", 144, 44_100, 1)]
    public void Adts_streams_give_the_frames_that_ffprobe_counts(string name, int frames, int rate, int channels)
    {
        CollectingSink sink = ParserRun.All(Parsers.Adts, SharedMedia.Bytes("es/" + name));

        AudioFormat format = Assert.Single(sink.Formats).Format.Audio!;
        Assert.Equal((frames, rate, channels), (sink.Units.Count, format.SampleRate, format.Channels));
        Assert.Empty(sink.Faults);
    }

    [SharedMediaFact]
    public void Concatenated_jpeg_images_are_parted()
    {
        CollectingSink sink = ParserRun.All(Parsers.Jpeg, SharedMedia.Bytes("es/cars_320x240.mjpeg"), 184);

        Check(sink, 30, 30, 320, 240);
        Assert.Equal(SharedMedia.Bytes("es/cars_320x240.mjpeg").Length, sink.Units.Sum(unit => unit.Bytes.Length));
    }

    [SharedMediaFact]
    public void A_change_of_resolution_is_a_new_format_before_its_key_unit()
    {
        CollectingSink sink = ParserRun.All(Parsers.H264, SharedMedia.Bytes("es/Error_I_P.264"));

        Assert.Equal([352, 640, 352], sink.Formats.Select(entry => entry.Format.Video!.Width));
        Assert.Equal([1, 1, 2, 2, 3, 3], sink.Units.Select(unit => unit.FormatIndex));
        Assert.Equal([true, false, true, false, true, false], sink.Units.Select(unit => unit.IsKey));
    }

    private static void Check(CollectingSink sink, int pictures, int keys, int width, int height, int damaged = 0)
    {
        VideoFormat format = sink.Format().Video!;
        Assert.Equal(
            (pictures, keys, width, height),
            (sink.Units.Count, sink.Units.Count(unit => unit.IsKey), format.Width, format.Height)
        );
        Assert.Equal(damaged, sink.Units.Count(unit => unit.IsDamaged));
        Assert.Equal(damaged, sink.Faults.Count);
    }
}
