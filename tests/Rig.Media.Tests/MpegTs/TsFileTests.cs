using Rig.Media.Formats;
using Rig.Media.MpegTs;
using Rig.Media.Tests.Support;
using Rig.Media.Units;

namespace Rig.Media.Tests.MpegTs;

/// <summary>Every transport stream of the shared media against its measured truth (truth.json); differences are explained in the table.</summary>
public sealed class TsFileTests
{
    /// <summary>
    /// File; video: codec, units, key units, raw PTS of the first and the last unit, raw DTS of the first; audio: codec, units, raw PTS
    /// of the first; packets; why something differs from ffprobe.
    /// </summary>
    public static TheoryData<TsCase> Cases =>
        [
            new("b_frames_dts_below_zero.ts", Codec.H264, 144, 6, 0, 511_200, 8_589_930_992, null, 0, 0, 1798, ""),
            new("sample_h264.ts", Codec.H264, 30, 3, 132_000, 219_000, 126_000, null, 0, 0, 260, ""),
            new("sample_h264_iframes_only.ts", Codec.H264, 30, 30, 126_000, 213_000, 126_000, null, 0, 0, 1165, ""),
            new("sample_h264_no_access_unit_delimiters.ts", Codec.H264, 3, 1, 132_006, 135_009, 126_000, null, 0, 0, 74, ""),
            new("sample_h264_mpeg_audio.ts", Codec.H264, 3, 1, 132_006, 138_012, 126_000, null, 0, 0, 109, "MPEG audio is not recorded."),
            new("sample_h265.ts", Codec.H265, 30, 1, 132_000, 216_000, 126_000, null, 0, 0, 130, ""),
            new("sample_h265_rps_pred.ts", Codec.H265, 16, 1, 150_000, 240_000, 126_000, null, 0, 0, 82, ""),
            new("sample_latm.ts", null, 0, 0, 0, 0, 0, Codec.Aac, 5, 126_000, 11, ""),
            new("sample_with_sdt.ts", null, 0, 0, 0, 0, 0, null, 0, 0, 21, "AC-3 and MPEG-2 video are not recorded."),
            new("sample_scte35.ts", null, 0, 0, 0, 0, 0, null, 0, 0, 292, "MPEG-2 video, MPEG audio and SCTE 35 are not recorded."),
            new("cea608_hls.ts", Codec.H264, 58, 1, 0, 221_249, 0, Codec.Aac, 114, 0, 1515, ""),
            new("bbb_1s.ts", Codec.H264, 26, 2, 133_500, 234_750, 126_000, Codec.Aac, 46, 129_320, 659, ""),
            new("obs_hevc_aac.ts", Codec.H265, 60, 2, 1_920, 178_920, 1_920, Codec.Aac, 95, 0, 595, ""),
            new("80s_with_ad.ts", Codec.H264, 2400, 80, 132_000, 7_323_000, 126_000, Codec.Aac, 3750, 126_000, 12_929, ""),
            new(
                "opus_h264_1.ts",
                Codec.H264,
                156,
                3,
                1_005_335,
                1_586_585,
                1_005_335,
                Codec.Opus,
                457,
                770_400,
                4741,
                "The only parameter sets of the first GOP come before PAT and PMT: nothing can be decoded before the next key unit."
            ),
            new(
                "opus_h264_3.ts",
                Codec.H264,
                0,
                0,
                0,
                0,
                0,
                Codec.Opus,
                59,
                2_384_325,
                322,
                "The only key unit comes before PAT and PMT: no picture can be decoded."
            ),
            new("hevc_aac_seg0.ts", Codec.H265, 150, 1, 132_000, 579_000, 126_000, Codec.Aac, 215, 127_820, 2620, ""),
            new("hevc_aac_seg1.ts", Codec.H265, 150, 1, 582_000, 1_026_000, 576_000, Codec.Aac, 215, 577_127, 2883, ""),
            new("gap_2.ts", Codec.H264, 240, 8, 369_360, 728_218, 369_360, null, 0, 0, 524, ""),
            new("gap_3.ts", Codec.H264, 240, 8, 729_720, 1_088_578, 729_720, null, 0, 0, 510, ""),
            new("gap_4.ts", Codec.H264, 240, 8, 1_090_080, 1_448_938, 1_090_080, null, 0, 0, 435, ""),
            new("gap_6.ts", Codec.H264, 240, 8, 1_810_800, 2_169_658, 1_810_800, null, 0, 0, 810, ""),
            new(
                "eight_slices_filler.ts",
                Codec.H264,
                299,
                2,
                129_902,
                1_023_902,
                129_902,
                null,
                0,
                0,
                10_888,
                "MPEG audio is not recorded."
            ),
            new(
                "derived_ptswrap_hevc_aac.ts",
                Codec.H265,
                150,
                1,
                8_589_817_500,
                329_908,
                8_589_811_500,
                Codec.Aac,
                215,
                8_589_813_320,
                2727,
                ""
            ),
            new(
                "live_aac_h264.ts",
                Codec.H264,
                300,
                6,
                349_493_440,
                350_569_840,
                349_493_440,
                Codec.Aac,
                559,
                349_500_301,
                9692,
                "Announced as MPEG audio (0x04), is ADTS."
            ),
            new("hevc_aac_seg0.ts+hevc_aac_seg1.ts", Codec.H265, 300, 2, 132_000, 1_026_000, 126_000, Codec.Aac, 430, 127_820, 5503, ""),
            new(
                "gap_2.ts+gap_3.ts+gap_4.ts+gap_6.ts",
                Codec.H264,
                960,
                32,
                369_360,
                2_169_658,
                369_360,
                null,
                0,
                0,
                2279,
                "Three breaks of the counter, between the files."
            ),
        ];

    [SharedMediaTheory]
    [MemberData(nameof(Cases))]
    public void A_file_gives_the_units_and_times_that_were_measured(TsCase expected)
    {
        CollectingSink sink = TsInput.Demux(expected.Read(), out TsStatistics statistics);

        Assert.Equal(expected.Packets, statistics.Packets);
        Assert.Equal(0, statistics.TransportErrors);
        int audioTrack = 0;
        if (expected.Video is { } codec)
        {
            audioTrack = 1;
            CollectedUnit[] video = [.. sink.Track(0)];
            Assert.Equal((expected.VideoUnits, expected.KeyUnits), (video.Length, video.Count(unit => unit.IsKey)));
            if (video.Length > 0)
            {
                Assert.Equal(codec, sink.Format(0).Codec);
                Assert.Equal(
                    (expected.FirstPts, expected.LastPts, expected.FirstDts),
                    (video[0].Presentation.Ticks, video[^1].Presentation.Ticks, video[0].Decode.Ticks)
                );
            }
        }

        CollectedUnit[] audio = [.. sink.Track(audioTrack)];
        Assert.Equal(expected.AudioUnits, audio.Length);
        if (expected.Audio is { } audioCodec)
        {
            Assert.Equal(audioCodec, sink.Format(audioTrack).Codec);
            Assert.Equal(expected.FirstAudioPts, audio[0].Presentation.Ticks);
        }

        Assert.DoesNotContain(sink.Units, unit => unit.IsDamaged);
    }

    [SharedMediaFact]
    public void Repeated_tables_with_a_counter_that_stands_still_are_counted_and_harmless()
    {
        TsInput.Demux(SharedMedia.Bytes("ts/80s_with_ad.ts"), out TsStatistics statistics);

        Assert.Equal((333L, 0L), (statistics.Duplicates, statistics.ContinuityErrors));
    }

    [SharedMediaFact]
    public void Files_joined_without_fitting_counters_are_counted_as_broken_there_only()
    {
        byte[] joined = new TsCase("gap_2.ts+gap_3.ts+gap_4.ts+gap_6.ts").Read();
        CollectingSink sink = TsInput.Demux(joined, out TsStatistics statistics);

        Assert.Equal(3, statistics.ContinuityErrors); // PAT, PMT and video of the last file: the others fit by chance
        Assert.Equal(1, sink.Units.Count(unit => unit.IsDiscontinuity));
    }

    [SharedMediaFact]
    public void Streams_that_are_not_recorded_are_reported_once_each()
    {
        CollectingSink sink = TsInput.Demux(SharedMedia.Bytes("ts/sample_scte35.ts"));

        Assert.Equal(3, sink.Count(StreamFaultKind.Unsupported));
    }

    [SharedMediaFact]
    public void Packets_before_the_tables_are_counted_and_reported_once()
    {
        CollectingSink sink = TsInput.Demux(SharedMedia.Bytes("ts/opus_h264_3.ts"), out TsStatistics statistics);

        Assert.True(statistics.BeforeProgram > 0);
        Assert.Equal(1, sink.Count(StreamFaultKind.Missing));
    }

    [SharedMediaFact]
    public void Reading_on_allocates_less_than_a_byte_a_unit()
    {
        byte[] bytes = SharedMedia.Bytes("ts/80s_with_ad.ts");
        CountingSink sink = new();
        using TsDemuxer demuxer = new(sink, new BlockPool());
        int half = bytes.Length / 2;
        demuxer.Push(bytes.AsSpan(0, half), TsInput.Arrival);
        int units = sink.Units;
        long before = GC.GetAllocatedBytesForCurrentThread();
        demuxer.Push(bytes.AsSpan(half), TsInput.Arrival);

        // What is left are the pool's blocks, one object for some dozens of units.
        Assert.True(sink.Units - units > 2500);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, sink.Units - units);
    }

    [ToolTheory("ffprobe", sharedMedia: true)]
    [InlineData("bbb_1s.ts")]
    [InlineData("sample_h265.ts")]
    [InlineData("cea608_hls.ts")]
    [InlineData("hevc_aac_seg0.ts")]
    [InlineData("eight_slices_filler.ts")]
    [InlineData("live_aac_h264.ts")]
    [InlineData("obs_hevc_aac.ts")]
    public async Task Every_units_times_are_those_that_ffprobe_reads(string file)
    {
        CollectingSink sink = TsInput.Demux(SharedMedia.Bytes("ts/" + file));
        foreach (int track in sink.Units.Select(unit => unit.Track).Distinct().ToArray())
        {
            string stream = sink.Format(track).Kind == TrackKind.Video ? "v:0" : "a:0";
            ToolResult probe = await Tools.Run(
                "ffprobe",
                "-v",
                "error",
                "-select_streams",
                stream,
                "-show_entries",
                "packet=pts,dts",
                "-of",
                "csv=p=0",
                SharedMedia.Path("ts/" + file)
            );
            (long Pts, long Dts)[] packets =
            [
                .. probe.Lines.Select(line => line.Split(',')).Select(fields => (long.Parse(fields[0]), long.Parse(fields[1]))),
            ];
            CollectedUnit[] units = [.. sink.Track(track)];

            Assert.Equal(packets.Length, units.Length);
            long tolerance = sink.Format(track).Kind == TrackKind.Video ? 0 : 1;
            Assert.All(
                units.Zip(packets),
                pair =>
                {
                    Assert.InRange(pair.First.Presentation.Ticks - pair.Second.Pts, -tolerance, tolerance);
                    Assert.InRange(pair.First.Decode.Ticks - pair.Second.Dts, -tolerance, tolerance);
                }
            );
        }
    }
}

/// <summary>Counts units and gives them back.</summary>
internal sealed class CountingSink : IAccessUnitSink
{
    public int Units { get; private set; }

    public void OnFormat(int track, TrackFormat format) { }

    public void OnUnit(in AccessUnit unit)
    {
        Units++;
        unit.Release();
    }

    public void OnFault(in StreamFault fault) { }
}

/// <summary>A row of the case table.</summary>
public sealed record TsCase(
    string Files,
    Codec? Video = null,
    int VideoUnits = 0,
    int KeyUnits = 0,
    long FirstPts = 0,
    long LastPts = 0,
    long FirstDts = 0,
    Codec? Audio = null,
    int AudioUnits = 0,
    long FirstAudioPts = 0,
    long Packets = 0,
    string Explanation = ""
)
{
    public byte[] Read() => [.. Files.Split('+').SelectMany(file => SharedMedia.Bytes("ts/" + file))];

    public override string ToString() => Files;
}
