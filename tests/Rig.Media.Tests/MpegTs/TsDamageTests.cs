using System.Text.Json;
using Rig.Media.MpegTs;
using Rig.Media.Tests.Support;

namespace Rig.Media.Tests.MpegTs;

/// <summary>Cuts, splits, mutations and hostile input: never an exception, never memory that stays out, and the damage ends where it ends.</summary>
public sealed class TsDamageTests
{
    private const int Packet = 188;
    private const int VideoPid = 0x100;
    private const int SdtPid = 0x11;

    [Theory]
    [InlineData("sample_h264.ts", 1)]
    [InlineData("sample_h264.ts", 7)]
    [InlineData("sample_h264.ts", 187)]
    [InlineData("sample_h264.ts", 188)]
    [InlineData("sample_h264.ts", 1316)]
    [InlineData("sample_h265.ts", 189)]
    [InlineData("sample_h265.ts", 4096)]
    public void Pieces_of_any_size_give_the_same_units(string file, int piece)
    {
        byte[] bytes = File.ReadAllBytes(SharedMedia.Sample(file));

        Assert.Equal(Keys(TsInput.Demux(bytes)), Keys(TsInput.Demux(bytes, piece)));
    }

    [Fact]
    public void Pieces_of_random_size_give_the_same_units_and_faults_also_from_broken_input()
    {
        byte[] original = File.ReadAllBytes(SharedMedia.Sample("sample_h264.ts"));
        for (int seed = 0; seed < 60; seed++)
        {
            Random random = new(seed);
            byte[] bytes = Mutate(original, random);
            CollectingSink whole = TsInput.Demux(bytes);
            CollectingSink pieces = TsInput.Demux(bytes, out _, () => random.Next(1, random.Next(2, 3000)));

            Assert.Equal(Keys(whole), Keys(pieces));
            Assert.Equal(whole.Faults, pieces.Faults);
        }
    }

    [Theory]
    [InlineData(192, 4)]
    [InlineData(204, 0)]
    public void Packets_with_time_stamps_or_outer_code_are_read(int stride, int before)
    {
        byte[] bytes = File.ReadAllBytes(SharedMedia.Sample("sample_h265.ts"));
        byte[] wide = new byte[bytes.Length / Packet * stride];
        for (int index = 0; index < bytes.Length / Packet; index++)
        {
            wide.AsSpan(index * stride, stride).Fill(0x47);
            bytes.AsSpan(index * Packet, Packet).CopyTo(wide.AsSpan((index * stride) + before));
        }

        // The time stamp must not look like a sync byte to begin with; later ones may.
        wide.AsSpan(0, before).Clear();
        CollectingSink sink = TsInput.Demux(wide, piece: 1000);

        Assert.Equal(Keys(TsInput.Demux(bytes)), Keys(sink));
        Assert.Equal(0, sink.Count(StreamFaultKind.Garbage));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(187)]
    [InlineData(5000)]
    [InlineData(100_000)]
    public void Garbage_before_the_stream_is_skipped_and_counted(int count)
    {
        byte[] bytes = File.ReadAllBytes(SharedMedia.Sample("sample_h264.ts"));
        byte[] garbage = new byte[count];
        new Random(count).NextBytes(garbage);
        CollectingSink sink = TsInput.Demux([.. garbage, .. bytes], out TsStatistics statistics);

        Assert.Equal(Keys(TsInput.Demux(bytes)), Keys(sink));
        Assert.Equal(count, statistics.GarbageBytes);
    }

    [Fact]
    public void A_packet_sent_twice_is_dropped_once()
    {
        byte[] bytes = File.ReadAllBytes(SharedMedia.Sample("sample_h264.ts"));
        List<byte> doubled = [];
        for (int position = 0; position < bytes.Length; position += Packet)
        {
            doubled.AddRange(bytes.AsSpan(position, Packet));
            doubled.AddRange(bytes.AsSpan(position, Packet));
        }

        CollectingSink sink = TsInput.Demux(doubled.ToArray(), out TsStatistics statistics);

        Assert.Equal(Keys(TsInput.Demux(bytes)), Keys(sink));
        Assert.Equal(0, statistics.ContinuityErrors);
        Assert.Equal(Enumerable.Range(0, bytes.Length / Packet).Count(index => Pid(bytes, index) != SdtPid), statistics.Duplicates);
    }

    [Fact]
    public void A_lost_packet_damages_its_picture_and_no_other()
    {
        byte[] bytes = File.ReadAllBytes(SharedMedia.Sample("sample_h264.ts"));
        string[] good = Keys(TsInput.Demux(bytes));
        int lostPacket = Enumerable
            .Range(100, 100)
            .First(index => Pid(bytes, index) == VideoPid && (bytes[(index * Packet) + 1] & 0x40) == 0);
        byte[] broken = [.. bytes[..(lostPacket * Packet)], .. bytes[((lostPacket + 1) * Packet)..]];
        CollectingSink sink = TsInput.Demux(broken, out TsStatistics statistics);

        Assert.Equal((1L, 1L), (statistics.ContinuityErrors, statistics.LostPackets));
        Assert.InRange(good.Except(Keys(sink)).Count(), 1, 2);
        Assert.Contains(sink.Units, unit => unit.IsDiscontinuity || unit.IsDamaged);
    }

    [Fact]
    public void A_packet_flagged_as_broken_is_not_used()
    {
        byte[] bytes = File.ReadAllBytes(SharedMedia.Sample("sample_h264.ts"));
        bytes[(100 * Packet) + 1] |= 0x80;
        CollectingSink sink = TsInput.Demux(bytes, out TsStatistics statistics);

        Assert.Equal((1L, 1L), (statistics.TransportErrors, statistics.ContinuityErrors));
        Assert.Equal(1, sink.Count(StreamFaultKind.TransportError));
    }

    [Fact]
    public void Scrambled_packets_are_dropped_and_reported_once()
    {
        byte[] bytes = File.ReadAllBytes(SharedMedia.Sample("sample_h264.ts"));
        foreach (int index in Enumerable.Range(100, 160).Where(index => Pid(bytes, index) == VideoPid))
        {
            bytes[(index * Packet) + 3] |= 0x80;
        }

        CollectingSink sink = TsInput.Demux(bytes, out TsStatistics statistics);

        Assert.Equal(1, sink.Count(StreamFaultKind.Unsupported));
        Assert.True(statistics.Scrambled > 100);
    }

    [Fact]
    public void After_the_damage_ends_the_units_are_the_undamaged_ones_from_the_next_key_unit_on()
    {
        byte[] once = File.ReadAllBytes(SharedMedia.Sample("sample_h264.ts"));
        byte[] clean = [.. once, .. once];
        string[] expected = [.. TsInput.Demux(once).Units.Select(unit => Content(unit))];
        for (int seed = 0; seed < 300; seed++)
        {
            Random random = new(seed);
            CollectingSink sink = TsInput.Demux([.. Mutate(once, random), .. clean]);
            string[] got = [.. sink.Units.Select(Content)];

            // The last pass is whole: from its first key unit on everything is as it should be.
            Assert.Equal(expected, got[^expected.Length..]);
        }

        static string Content(CollectedUnit unit) => $"{unit.Presentation} {unit.Decode} {unit.IsKey} {TsInput.Hash(unit.Bytes):x}";
    }

    [Fact]
    public void Random_mutations_of_real_streams_are_survived()
    {
        byte[][] originals =
        [
            File.ReadAllBytes(SharedMedia.Sample("sample_h264.ts")),
            File.ReadAllBytes(SharedMedia.Sample("sample_h265.ts")),
        ];
        for (int seed = 0; seed < 5000; seed++)
        {
            Random random = new(seed);
            byte[] original = originals[seed & 1];
            int packets = original.Length / Packet;
            int first = random.Next(packets / 2);
            int count = random.Next(1, 40);
            byte[] head = original[..(Packet * 20)];
            byte[] part = original[(first * Packet)..(Math.Min(packets, first + count) * Packet)];

            TsInput.Demux(Mutate([.. head, .. part], random));
        }
    }

    [Fact]
    public void Random_bytes_behind_valid_packet_headers_are_survived()
    {
        byte[] tables = File.ReadAllBytes(SharedMedia.Sample("sample_h264.ts"))[..(Packet * 3)];
        for (int seed = 0; seed < 300; seed++)
        {
            Random random = new(seed);
            byte[] noise = new byte[Packet * 60];
            random.NextBytes(noise);
            for (int position = 0; position < noise.Length; position += Packet)
            {
                noise[position] = 0x47;
                noise[position + 1] = (byte)((noise[position + 1] & 0x40) | (random.Next(4) == 0 ? 0 : 1));
                noise[position + 2] = (byte)random.Next(2);
            }

            TsInput.Demux([.. tables, .. noise]);
        }
    }

    [SharedMediaTheory]
    [InlineData("mediacommon.formats_mpegts.FuzzReader.jsonl")]
    [InlineData("mediacommon.formats_mpegts_substructs.FuzzOpusAccessUnitUnmarshal.jsonl")]
    [InlineData("mediacommon.formats_mpegts_substructs.FuzzOpusAudioDescriptorUnmarshal.jsonl")]
    [InlineData("mediacommon.formats_mpegts_substructs.FuzzOpusControlHeaderUnmarshal.jsonl")]
    [InlineData("go-astits.FuzzDemuxer.jsonl")]
    public void Finds_of_other_peoples_fuzzers_are_survived(string file)
    {
        byte[] head = SharedMedia.Bytes("ts/opus_h264_3.ts")[..(Packet * 12)];
        int read = 0;
        foreach (string line in File.ReadLines(SharedMedia.Path("fuzz/" + file)))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            foreach (JsonElement argument in document.RootElement.GetProperty("args").EnumerateArray())
            {
                if (argument.TryGetProperty("b64", out JsonElement encoded))
                {
                    byte[] bytes = encoded.GetBytesFromBase64();
                    TsInput.Demux(bytes);
                    TsInput.Demux(bytes, piece: 5);
                    TsInput.Demux([.. head, .. InOpusPacket(bytes)]);
                    read++;
                }
            }
        }

        Assert.True(read > 0);
    }

    private static int Pid(byte[] bytes, int packet) => ((bytes[(packet * Packet) + 1] & 31) << 8) | bytes[(packet * Packet) + 2];

    private static string[] Keys(CollectingSink sink) => [.. sink.Units.Select(TsInput.Key)];

    /// <summary>The bytes as PES payload of the Opus stream on PID 0x101.</summary>
    private static byte[] InOpusPacket(byte[] bytes)
    {
        byte[] packet = new byte[Packet];
        byte[] head = [0x47, 0x41, 0x01, 0x10, 0, 0, 1, 0xbd, 0, 0, 0x80, 0x00, 0];
        head.CopyTo(packet, 0);
        bytes.AsSpan(0, Math.Min(bytes.Length, Packet - head.Length)).CopyTo(packet.AsSpan(head.Length));
        return packet;
    }

    /// <summary>Bit flips, drops, repetitions, insertions, truncation: one to eight of them.</summary>
    private static byte[] Mutate(byte[] original, Random random)
    {
        List<byte> bytes = [.. original];
        for (int count = random.Next(1, 9); count > 0 && bytes.Count > 2 * Packet; count--)
        {
            int at = random.Next(bytes.Count - Packet);
            int packet = at / Packet * Packet;
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[packet + random.Next(16)] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(packet, Packet);
                    break;
                case 3:
                    bytes.InsertRange(packet, bytes.GetRange(packet, Packet));
                    break;
                case 4:
                    byte[] inserted = new byte[random.Next(1, 400)];
                    random.NextBytes(inserted);
                    bytes.InsertRange(at, inserted);
                    break;
                case 5:
                    bytes.RemoveRange(at, random.Next(1, Packet));
                    break;
                default:
                    bytes.RemoveRange(bytes.Count - random.Next(1, Packet), random.Next(1, 2));
                    break;
            }
        }

        return [.. bytes];
    }
}
