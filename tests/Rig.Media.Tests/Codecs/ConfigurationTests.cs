using System.Buffers.Binary;
using Rig.Media.Bits;
using Rig.Media.Codecs;
using Rig.Media.Codecs.Aac;
using Rig.Media.Codecs.H264;
using Rig.Media.Codecs.H265;
using Rig.Media.Codecs.Opus;
using Rig.Media.Formats;
using Rig.Media.Tests.Support;

namespace Rig.Media.Tests.Codecs;

/// <summary>Decoder configurations against those that ffmpeg writes, and round trips.</summary>
public sealed class ConfigurationTests
{
    [ToolFact("ffmpeg")]
    public async Task An_avc_configuration_is_the_one_that_ffmpeg_writes()
    {
        TrackFormat format = ParserRun.All(Parsers.H264, File.ReadAllBytes(SharedMedia.Sample("cars_320x240.h264"))).Format();
        byte[] theirs = await BoxFromFfmpeg("cars_320x240.h264", "avcC");

        Assert.Equal(theirs, AvcConfiguration.Write(format.ParameterSets));
        Assert.Equal(format.Video, H264Format.TryCreate(AvcConfiguration.Parse(theirs)!.ParameterSets, new ElementaryTrack(0))!.Video);
    }

    [ToolFact("ffmpeg")]
    public async Task An_hevc_configuration_agrees_with_the_one_that_ffmpeg_writes()
    {
        TrackFormat format = ParserRun.All(Parsers.H265, File.ReadAllBytes(SharedMedia.Sample("hevc.265"))).Format();
        HevcConfiguration theirs = HevcConfiguration.Parse(await BoxFromFfmpeg("hevc.265", "hvcC"))!;
        byte[] bytes = await BoxFromFfmpeg("hevc.265", "hvcC");
        byte[] ours = HevcConfiguration.Write(format.ParameterSets, complete: true);

        Assert.Equal(bytes[..19], ours[..19]); // profile, tier, level, chroma, depths
        Assert.Equal(bytes[21], ours[21]);
        Assert.Equal(
            format.ParameterSets.Select(set => Convert.ToHexString(set.Span)),
            theirs
                .ParameterSets.Where(set => (set.Span[0] >> 1) is >= 32 and <= 34)
                .Select(set => Convert.ToHexString(set.Span.TrimEnd((byte)0))) // trailing_zero_8bits, which ffmpeg keeps
        );
        Assert.Equal(format.Video, H265Format.TryCreate(HevcConfiguration.Parse(ours)!.ParameterSets, new ElementaryTrack(0))!.Video);
    }

    [ToolTheory("ffmpeg")]
    [InlineData("bbb_1ch_8kHz.aac")]
    public async Task Frames_in_latm_are_those_in_adts(string sample)
    {
        ToolResult latm = await Tools.Run("ffmpeg", "-v", "error", "-i", SharedMedia.Sample(sample), "-c", "copy", "-f", "latm", "-");
        CollectingSink expected = ParserRun.All(Parsers.Adts, File.ReadAllBytes(SharedMedia.Sample(sample)));

        CollectingSink actual = ParserRun.All(Parsers.Latm, latm.Output, 100);

        Assert.Equal(
            expected.Units.Select(unit => Convert.ToHexString(unit.Bytes)),
            actual.Units.Select(unit => Convert.ToHexString(unit.Bytes))
        );
        Assert.Equal(expected.Format().Audio, actual.Format().Audio);
        Assert.Empty(actual.Faults);
    }

    [Theory]
    [InlineData("1210", 2, 44_100, 2, null)] // AAC-LC
    [InlineData("2B920800", 2, 22_050, 2, 44_100)] // SBR before the object type: 5, 22,050, 2, 44,100, 2
    [InlineData("139056E5A0", 2, 22_050, 2, 44_100)] // SBR behind: 0x2B7, 5, present, 44,100
    [InlineData("17801F401000", 2, 16_000, 2, null)] // the rate in 24 bits: index 15, 0x003E80
    public void An_audio_specific_config_is_read_and_survives_a_round_trip(
        string hex,
        int objectType,
        int rate,
        int channels,
        int? extension
    )
    {
        AudioSpecificConfig config = AudioSpecificConfig.Parse(Convert.FromHexString(hex))!;

        Assert.Equal(
            (objectType, rate, channels, extension),
            (config.ObjectType, config.SampleRate, config.Channels, config.ExtensionSampleRate)
        );
        Assert.Equal(config.ToAudioFormat(), AudioSpecificConfig.Parse(config.ToBytes())!.ToAudioFormat());
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(6, 1)]
    public void Opus_headers_survive_a_round_trip_in_both_forms(int channels, byte family)
    {
        OpusHeader header = new(channels, 312, 44_100, -256)
        {
            MappingFamily = family,
            Mapping = family == 0 ? default : new byte[] { 4, 2, 0, 4, 1, 2, 3, 5 },
        };

        Assert.Equal(header.ToBytes(), OpusHeader.Parse(header.ToBytes())!.ToBytes());
        Assert.Equal(header.ToBytes(), OpusHeader.ParseBox(header.ToBox())!.ToBytes());
    }

    [Theory]
    [InlineData("FC", 960)] // CELT 20 ms, one frame
    [InlineData("F9", 1_920)] // two frames
    [InlineData("E3", 0)] // a count is missing
    [InlineData("FB03", 2_880)]
    [InlineData("18", 2_880)] // SILK 60 ms
    [InlineData("FB3F", 0)] // 63 frames: more than 120 ms
    [InlineData("80", 120)] // CELT 2.5 ms
    public void The_first_bytes_of_an_opus_packet_tell_its_length(string hex, int samples) =>
        Assert.Equal(samples, OpusPacket.Samples(Convert.FromHexString(hex)));

    [Fact]
    public void Bits_exp_golomb_codes_and_emulation_prevention_survive_a_round_trip()
    {
        for (int seed = 0; seed < 2_000; seed++)
        {
            Random random = new(seed);
            (int Kind, uint Value)[] fields =
            [
                .. Enumerable.Range(0, 30).Select(_ => (random.Next(3), (uint)random.NextInt64(1L << random.Next(1, 31)))),
            ];
            BitWriter writer = new(new byte[512]);
            foreach ((int kind, uint value) in fields)
            {
                switch (kind)
                {
                    case 0:
                        writer.Bits(value, 31);
                        break;
                    case 1:
                        writer.Ue(value);
                        break;
                    default:
                        writer.Se(unchecked(-(int)value));
                        break;
                }
            }

            writer.TrailingBits();
            byte[] escaped = new byte[1_024];
            int length = Rbsp.Prevent(writer.Written, escaped);
            Assert.Equal(-1, escaped.AsSpan(0, length).IndexOf([(byte)0, (byte)0, (byte)1]));
            byte[] plain = new byte[1_024];
            BitReader reader = new(plain.AsSpan(0, Rbsp.Unescape(escaped.AsSpan(0, length), plain)));
            foreach ((int kind, uint value) in fields)
            {
                uint actual =
                    kind == 0 ? reader.Bits(31)
                    : kind == 1 ? reader.Ue()
                    : (uint)-reader.Se();
                Assert.Equal(value, actual);
            }

            Assert.False(reader.HasMoreRbspData());
            Assert.False(reader.Overrun);
        }
    }

    [Fact]
    public void Inspecting_finished_units_gives_the_flags_that_the_parser_gave()
    {
        CollectingSink avc = ParserRun.All(Parsers.H264, File.ReadAllBytes(SharedMedia.Sample("cars_320x240.h264")));
        CollectingSink hevc = ParserRun.All(Parsers.H265, File.ReadAllBytes(SharedMedia.Sample("hevc.265")));

        Assert.All(avc.Units, unit => Assert.Equal(unit.Flags, H264Unit.Inspect(unit.Bytes)));
        Assert.All(hevc.Units, unit => Assert.Equal(unit.Flags, H265Unit.Inspect(unit.Bytes)));
        Assert.Contains(avc.Units, unit => unit.IsDisposable);
        Assert.Contains(hevc.Units, unit => unit.IsDisposable);
    }

    private static async Task<byte[]> BoxFromFfmpeg(string sample, string box)
    {
        string[] arguments =
        [
            .. "-v error -i".Split(' '),
            SharedMedia.Sample(sample),
            .. "-c copy -f mp4 -movflags empty_moov+frag_keyframe -".Split(' '),
        ];
        byte[] file = (await Tools.Run("ffmpeg", arguments)).Output;
        int at = file.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(box));
        int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at - 4));
        return file[(at + 4)..(at - 4 + length)];
    }
}
