using Rig.Media.Tests.Support;

namespace Rig.Media.Tests.Codecs;

/// <summary>A stream may arrive in any pieces.</summary>
public sealed class PieceTests
{
    [Theory]
    [InlineData("h264", "cars_320x240.h264")]
    [InlineData("h264", "64x64-I-P-B-P-high.h264")]
    [InlineData("h265", "64x64-I-P-B-P.h265")]
    [InlineData("h265", "hevc.265")]
    [InlineData("adts", "bbb_1ch_8kHz.aac")]
    public void Splitting_the_input_anywhere_gives_the_same_units(string parser, string sample)
    {
        byte[] stream = File.ReadAllBytes(SharedMedia.Sample(sample));
        CollectingSink whole = ParserRun.All(Parsers.Named(parser), stream);

        foreach (int piece in (int[])[1, 2, 3, 7, 184, 1_000])
        {
            Same(whole, ParserRun.All(Parsers.Named(parser), stream, piece), $"pieces of {piece}");
        }

        for (int seed = 0; seed < 50; seed++)
        {
            Random random = new(seed);
            int longest = 1 << random.Next(1, 12);
            Same(whole, ParserRun.InPieces(Parsers.Named(parser), stream, () => random.Next(1, longest + 1)), $"seed {seed}");
        }
    }

    [Theory]
    [InlineData("h264", "cars_320x240.h264")]
    [InlineData("h265", "hevc.265")]
    public void Start_codes_of_three_and_four_bytes_and_zeros_between_give_the_same_units(string parser, string sample)
    {
        byte[] stream = File.ReadAllBytes(SharedMedia.Sample(sample));
        CollectingSink original = ParserRun.All(Parsers.Named(parser), stream);
        foreach (int zeros in (int[])[2, 3, 4, 9])
        {
            using MemoryStream rewritten = new();
            foreach (ReadOnlySpan<byte> nal in Media.AnnexB.AnnexBReader.Read(stream))
            {
                rewritten.Write(new byte[zeros]);
                rewritten.WriteByte(1);
                rewritten.Write(nal);
            }

            Same(original, ParserRun.All(Parsers.Named(parser), rewritten.ToArray(), 61), $"{zeros} zeros");
        }
    }

    private static void Same(CollectingSink expected, CollectingSink actual, string what)
    {
        Assert.True(expected.Units.Count == actual.Units.Count, what);
        for (int i = 0; i < expected.Units.Count; i++)
        {
            CollectedUnit one = expected.Units[i];
            CollectedUnit other = actual.Units[i];
            Assert.True(one.Bytes.AsSpan().SequenceEqual(other.Bytes), $"{what}: bytes of unit {i}");
            Assert.Equal(
                (one.Decode, one.Presentation, one.Flags, one.FormatIndex),
                (other.Decode, other.Presentation, other.Flags, other.FormatIndex)
            );
        }

        Assert.Equal(expected.Faults.Select(fault => fault.Kind), actual.Faults.Select(fault => fault.Kind));
        Assert.Equal(expected.Formats.Count, actual.Formats.Count);
        Assert.All(expected.Formats.Zip(actual.Formats), pair => Assert.True(pair.First.Format.IsSameStreamAs(pair.Second.Format)));
    }
}
