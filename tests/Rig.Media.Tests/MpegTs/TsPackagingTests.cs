using Rig.Media.Codecs;
using Rig.Media.Formats;
using Rig.Media.Tests.Support;

namespace Rig.Media.Tests.MpegTs;

/// <summary>Pictures in PES packets in every way that ISO/IEC 13818-1 2.4.3.7 allows: the units are always the same.</summary>
public sealed class TsPackagingTests
{
    private const int Packet = 188;
    private const int PidHigh = 0x01;

    private static readonly byte[] Sample = File.ReadAllBytes(SharedMedia.Sample("sample_h264.ts"));

    [Theory]
    [InlineData(700, true, false)]
    [InlineData(700, false, false)]
    [InlineData(100, true, true)]
    [InlineData(2000, false, true)]
    [InlineData(int.MaxValue, true, false)]
    [InlineData(int.MaxValue, false, false)]
    public void A_picture_over_several_pes_packets_stays_one(int piece, bool bounded, bool repeatTimes)
    {
        CollectingSink source = TsInput.Demux(Sample);
        Packager packager = new(bounded);
        foreach (CollectedUnit unit in source.Units)
        {
            byte[] picture = AnnexB(unit, source.Format());
            for (int position = 0; position < picture.Length; position += Math.Min(piece, picture.Length - position))
            {
                byte[] part = picture[position..(position + Math.Min(piece, picture.Length - position))];
                packager.Add(part, position == 0 || repeatTimes ? unit : null);
            }
        }

        Compare(source, TsInput.Demux(packager.Bytes, piece: 1316), every: 1);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(5, true)]
    public void Several_pictures_in_one_pes_packet_are_several_units(int pictures, bool bounded)
    {
        CollectingSink source = TsInput.Demux(Sample);
        Packager packager = new(bounded);
        foreach (CollectedUnit[] group in source.Units.Chunk(pictures))
        {
            packager.Add([.. group.SelectMany(unit => AnnexB(unit, source.Format()))], group[0]);
        }

        Compare(source, TsInput.Demux(packager.Bytes), pictures);
    }

    private static void Compare(CollectingSink source, CollectingSink sink, int every)
    {
        Assert.Equal(source.Units.Select(unit => TsInput.Hash(unit.Bytes)), sink.Units.Select(unit => TsInput.Hash(unit.Bytes)));
        foreach ((int index, (CollectedUnit expected, CollectedUnit unit)) in source.Units.Zip(sink.Units).Index())
        {
            if (index % every == 0)
            {
                Assert.Equal((expected.Presentation, expected.Decode), (unit.Presentation, unit.Decode));
            }
        }
    }

    private static byte[] AnnexB(CollectedUnit unit, TrackFormat format)
    {
        List<byte> bytes = [0, 0, 0, 1, 9, 0xf0];
        foreach (ReadOnlyMemory<byte> set in unit.IsKey ? format.ParameterSets : [])
        {
            bytes.AddRange([0, 0, 0, 1, .. set.Span]);
        }

        byte[] picture = [.. unit.Bytes];
        Assert.True(LengthPrefixed.ToAnnexB(picture));
        return [.. bytes, .. picture];
    }

    /// <summary>Writes PES packets behind the tables of the sample, on its video PID.</summary>
    private sealed class Packager(bool bounded)
    {
        private readonly List<byte> _bytes = [.. Sample.AsSpan(0, 3 * Packet)];
        private int _counter;

        public byte[] Bytes => [.. _bytes];

        public void Add(byte[] payload, CollectedUnit? times)
        {
            byte[] stamps = times is null ? [] : [.. Stamp(3, times.Presentation.Ticks), .. Stamp(1, times.Decode.Ticks)];
            int length = bounded ? 3 + stamps.Length + payload.Length : 0;
            Assert.InRange(length, 0, ushort.MaxValue);
            byte[] pes =
            [
                0,
                0,
                1,
                0xe0,
                (byte)(length >> 8),
                (byte)length,
                0x80,
                (byte)(times is null ? 0 : 0xc0),
                (byte)stamps.Length,
                .. stamps,
                .. payload,
            ];
            for (int position = 0; position < pes.Length; )
            {
                int count = Math.Min(pes.Length - position, Packet - 4);
                int fill = Packet - 4 - count;
                _bytes.AddRange([
                    0x47,
                    (byte)((position == 0 ? 0x40 : 0) | PidHigh),
                    0,
                    (byte)((fill > 0 ? 0x30 : 0x10) | (_counter++ & 15)),
                ]);
                if (fill > 0)
                {
                    byte[] field = [(byte)(fill - 1), 0, .. Enumerable.Repeat((byte)0xff, Math.Max(0, fill - 2))];
                    _bytes.AddRange(field.AsSpan(0, fill));
                }

                _bytes.AddRange(pes.AsSpan(position, count));
                position += count;
            }
        }

        private static byte[] Stamp(int prefix, long time) =>
            [
                (byte)((prefix << 4) | ((int)(time >> 29) & 0x0e) | 1),
                (byte)(time >> 22),
                (byte)(((time >> 14) & 0xfe) | 1),
                (byte)(time >> 7),
                (byte)((time << 1) | 1),
            ];
    }
}
