using System.Text.Json;
using Rig.Media.AnnexB;
using Rig.Media.Bits;
using Rig.Media.Codecs;
using Rig.Media.Codecs.Aac;
using Rig.Media.Codecs.Av1;
using Rig.Media.Codecs.H264;
using Rig.Media.Codecs.H265;
using Rig.Media.Codecs.Jpeg;
using Rig.Media.Codecs.Opus;
using Rig.Media.Ivf;
using Rig.Media.Tests.Support;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Tests.Codecs;

/// <summary>Hostile input: no exception, no more bytes out than in, limits kept, all memory given back.</summary>
public sealed class FuzzTests
{
    private const int Mutations = 3_000;

    [SharedMediaFact]
    public void Every_input_that_once_broke_another_parser_is_survived()
    {
        int inputs = 0;
        foreach (string file in Directory.EnumerateFiles(SharedMedia.Path("fuzz"), "mediacommon.codecs_*.jsonl"))
        {
            foreach (string line in File.ReadLines(file).Where(line => line.Length > 0))
            {
                using JsonDocument entry = JsonDocument.Parse(line);
                foreach (JsonElement argument in entry.RootElement.GetProperty("args").EnumerateArray())
                {
                    if (argument.TryGetProperty("b64", out JsonElement encoded))
                    {
                        Survive(Convert.FromBase64String(encoded.GetString()!));
                        inputs++;
                    }
                }
            }
        }

        Assert.True(inputs > 150, $"Only {inputs} inputs were found.");
    }

    [Theory]
    [InlineData("h264", "64x64-I-P-B-P-high.h264")]
    [InlineData("h264", "cars_320x240.h264")]
    [InlineData("h265", "64x64-I-P-B-P.h265")]
    [InlineData("adts", "bbb_1ch_8kHz.aac")]
    [InlineData("latm", "bbb_1ch_8kHz.aac")]
    [InlineData("jpeg", "")]
    public void Mutated_streams_are_survived_within_the_limits(string parser, string sample)
    {
        byte[] stream = sample.Length == 0 ? SmallJpegs() : File.ReadAllBytes(SharedMedia.Sample(sample));
        byte[] original = stream[..Math.Min(stream.Length, 3_000)];
        for (int seed = 0; seed < Mutations; seed++)
        {
            Random random = new(seed);
            byte[] mutated = Mutate(original, random);
            Parse(Parsers.Named(parser), mutated, random);
        }
    }

    [Fact]
    public void Mutated_ivf_files_are_survived_within_the_limits()
    {
        byte[] original = File.ReadAllBytes(SharedMedia.Sample("av1-annexb.ivf.av1"));
        for (int seed = 0; seed < Mutations; seed++)
        {
            byte[] mutated = Mutate(original, new Random(seed));
            BlockPool pool = new();
            CollectingSink sink = new();
            using (IvfDemuxer demuxer = new(pool, sink))
            {
                demuxer.Push(mutated, UtcInstant.Unknown);
                demuxer.Flush();
            }

            Assert.Equal(0, pool.RentedBytes);
            Assert.True(sink.Units.Sum(unit => unit.Bytes.Length) <= mutated.Length * 2);
        }
    }

    private static void Survive(byte[] bytes)
    {
        foreach (string parser in (string[])["h264", "h265", "adts", "latm", "jpeg"])
        {
            Parse(Parsers.Named(parser), bytes, new Random(bytes.Length));
            Parse(Parsers.Named(parser), [0, 0, 1, .. bytes], new Random(bytes.Length));
        }

        if (H264Sps.Parse(bytes) is { } avc)
        {
            Assert.InRange(avc.Width, 1, 16_880);
            Assert.InRange(avc.Height, 1, 33_760);
            Assert.InRange(avc.ReorderDepth, 0, 16);
        }

        if (H265Sps.Parse(bytes) is { } hevc)
        {
            Assert.InRange(hevc.Width, 1, 16_888);
            Assert.InRange(hevc.MaxNumReorder, 0, 16);
        }

        _ = H264Pps.Parse(bytes);
        _ = H265Pps.Parse(bytes);
        _ = H265Vps.Parse(bytes);
        _ = AvcConfiguration.Parse(bytes);
        _ = HevcConfiguration.Parse(bytes);
        _ = Av1Configuration.Parse(bytes);
        _ = Av1SequenceHeader.Parse(bytes);
        _ = OpusHeader.Parse(bytes);
        _ = OpusHeader.ParseBox(bytes);
        _ = JpegHeader.TryParse(bytes, out _);
        Assert.InRange(OpusPacket.Samples(bytes), 0, OpusPacket.MaxSamples);
        if (AudioSpecificConfig.Parse(bytes) is { } config)
        {
            Assert.Equal(config.ToAudioFormat(), AudioSpecificConfig.Parse(config.ToBytes())?.ToAudioFormat());
        }

        byte[] plain = new byte[bytes.Length];
        Assert.InRange(Rbsp.Unescape(bytes, plain), 0, bytes.Length);
        int length = 0;
        foreach (ReadOnlySpan<byte> nal in LengthPrefixed.Read(bytes))
        {
            length += nal.Length + LengthPrefixed.PrefixBytes;
        }

        Assert.InRange(length, 0, bytes.Length);
    }

    private static void Parse(ParserMaker make, byte[] bytes, Random random)
    {
        CollectingSink sink = Run(make, bytes, random);

        // Three-byte start codes become four-byte lengths.
        Assert.True(sink.Units.Sum(unit => unit.Bytes.Length) <= bytes.Length + (bytes.Length / 3), "More bytes came out than went in.");
        Assert.All(sink.Units, unit => Assert.InRange(unit.Bytes.Length, 1, StreamLimits.UnitBytes));
        Assert.All(sink.Formats, entry => Assert.InRange(entry.Format.ParameterSets.Count, 0, 3 * StreamLimits.ParameterSetsPerKind));
    }

    private static CollectingSink Run(ParserMaker make, byte[] bytes, Random random)
    {
        BlockPool pool = new();
        CollectingSink sink = new();
        using (IElementaryStreamParser parser = make(new ElementaryTrack(0) { CountTimes = random.Next(2) == 0 }, pool, sink))
        {
            ReadOnlySpan<byte> rest = bytes;
            while (!rest.IsEmpty)
            {
                int size = Math.Min(random.Next(1, 1_500), rest.Length);
                parser.Append(rest[..size], ParserRun.Arrival);
                rest = rest[size..];
                switch (random.Next(12))
                {
                    case 0:
                        parser.Gap();
                        break;
                    case 1:
                        parser.EndOfUnit();
                        break;
                    case 2:
                        parser.SetTimes(
                            new MediaTime(random.Next()),
                            random.Next(2) == 0 ? MediaTime.Unknown : new MediaTime(random.Next())
                        );
                        break;
                }
            }

            if (random.Next(4) > 0)
            {
                parser.Flush();
            }
        }

        Assert.Equal(0, pool.RentedBytes);
        return sink;
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        List<byte> bytes = [.. original];
        for (int i = random.Next(1, 12); i > 0 && bytes.Count > 8; i--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 64), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 200), bytes.Count - at)));
                    break;
                default:
                    // Headers are where it hurts.
                    bytes[Math.Min(random.Next(64), bytes.Count - 1)] = (byte)random.Next(256);
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte[] SmallJpegs()
    {
        byte[] image =
        [
            0xFF,
            0xD8,
            0xFF,
            0xE0,
            0,
            6,
            0xFF,
            0xD8,
            0xFF,
            0xD9, // an application segment with markers in it
            0xFF,
            0xC0,
            0,
            11,
            8,
            0,
            16,
            0,
            32,
            1,
            1,
            0x11,
            0,
            0xFF,
            0xDA,
            0,
            8,
            1,
            1,
            0,
            0,
            63,
            0,
            1,
            2,
            3,
            0xFF,
            0,
            4,
            0xFF,
            0xD0,
            5,
            6,
            0xFF,
            0xD9,
        ];
        return [.. image, .. image, .. image];
    }
}
