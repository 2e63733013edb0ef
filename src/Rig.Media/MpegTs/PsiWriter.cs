using System.Buffers;
using System.Buffers.Binary;
using Rig.Media.Formats;

namespace Rig.Media.MpegTs;

/// <summary>Writes PAT and PMT of one program, ISO/IEC 13818-1 2.4.4. Each fits into one packet for up to 16 tracks.</summary>
internal static class PsiWriter
{
    public const int ProgramNumber = 1;
    public const int PmtPid = 0x1000;

    private const int TransportStreamId = 1;

    public static void WritePat(IBufferWriter<byte> output, ref byte continuity, int version)
    {
        Span<byte> section = stackalloc byte[TsPacket.Size];
        int length = Begin(section, ProgramTables.PatTable, TransportStreamId, version);
        BinaryPrimitives.WriteUInt16BigEndian(section[length..], ProgramNumber);
        BinaryPrimitives.WriteUInt16BigEndian(section[(length + 2)..], 0xe000 | PmtPid);
        WriteSection(output, TsPacket.PatPid, ref continuity, section, length + 4);
    }

    public static void WritePmt(
        IBufferWriter<byte> output,
        ref byte continuity,
        int version,
        int pcrPid,
        IReadOnlyList<(int Pid, TrackFormat Format)> tracks
    )
    {
        Span<byte> section = stackalloc byte[SectionAssembler.MaxSection];
        int length = Begin(section, ProgramTables.PmtTable, ProgramNumber, version);
        BinaryPrimitives.WriteUInt16BigEndian(section[length..], (ushort)(0xe000 | pcrPid));
        BinaryPrimitives.WriteUInt16BigEndian(section[(length + 2)..], 0xf000);
        length += 4;
        foreach ((int pid, TrackFormat format) in tracks)
        {
            ReadOnlySpan<byte> descriptors = Descriptors(format);
            section[length] = StreamType(format.Codec);
            BinaryPrimitives.WriteUInt16BigEndian(section[(length + 1)..], (ushort)(0xe000 | pid));
            BinaryPrimitives.WriteUInt16BigEndian(section[(length + 3)..], (ushort)(0xf000 | descriptors.Length));
            descriptors.CopyTo(section[(length + 5)..]);
            length += 5 + descriptors.Length;
        }

        WriteSection(output, PmtPid, ref continuity, section, length);
    }

    private static byte StreamType(Codec codec) =>
        codec switch
        {
            Codec.H264 => StreamTypes.H264,
            Codec.H265 => StreamTypes.H265,
            Codec.Aac => StreamTypes.Adts,
            _ => StreamTypes.Private,
        };

    private static byte[] Descriptors(TrackFormat format) =>
        format.Codec switch
        {
            Codec.Opus =>
            [
                StreamTypes.RegistrationDescriptor,
                4,
                .. "Opus"u8,
                StreamTypes.ExtensionDescriptor,
                2,
                StreamTypes.OpusExtension,
                (byte)(format.Audio?.Channels ?? 2),
            ],
            Codec.Klv => [StreamTypes.RegistrationDescriptor, 4, .. "KLVA"u8],
            _ => [],
        };

    private static int Begin(Span<byte> section, byte table, int extension, int version)
    {
        section[0] = table;
        BinaryPrimitives.WriteUInt16BigEndian(section[3..], (ushort)extension);
        section[5] = (byte)(0xc1 | ((version & 31) << 1));
        section[6] = section[7] = 0;
        return 8;
    }

    private static void WriteSection(IBufferWriter<byte> output, int pid, ref byte continuity, Span<byte> section, int length)
    {
        BinaryPrimitives.WriteUInt16BigEndian(section[1..], (ushort)(0xb000 | (length + 4 - 3)));
        BinaryPrimitives.WriteUInt32BigEndian(section[length..], Crc32Mpeg.Compute(section[..length]));
        ReadOnlySpan<byte> rest = section[..(length + 4)];
        for (bool starts = true; !rest.IsEmpty; starts = false)
        {
            Span<byte> packet = output.GetSpan(TsPacket.Size)[..TsPacket.Size];
            PesWriter.WriteHeader(packet, pid, starts, 0x10, continuity);
            continuity = (byte)((continuity + 1) & 15);
            packet[TsPacket.HeaderSize] = 0; // pointer_field, overwritten where there is none
            Span<byte> room = packet[(TsPacket.HeaderSize + (starts ? 1 : 0))..];
            int count = Math.Min(room.Length, rest.Length);
            rest[..count].CopyTo(room);
            room[count..].Fill(0xff);
            rest = rest[count..];
            output.Advance(TsPacket.Size);
        }
    }
}
