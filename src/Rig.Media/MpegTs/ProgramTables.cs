using System.Buffers.Binary;

namespace Rig.Media.MpegTs;

/// <summary>An entry of the program association table, ISO/IEC 13818-1 2.4.4.3.</summary>
internal readonly record struct ProgramEntry(int Number, int PmtPid);

/// <summary>An elementary stream as a program map table lists it, ISO/IEC 13818-1 2.4.4.8.</summary>
/// <param name="Pid">Its PID.</param>
/// <param name="StreamType">stream_type of table 2-34.</param>
/// <param name="Descriptors">ES_info.</param>
internal sealed record StreamEntry(int Pid, byte StreamType, byte[] Descriptors)
{
    public bool IsSameAs(StreamEntry other) =>
        Pid == other.Pid && StreamType == other.StreamType && Descriptors.AsSpan().SequenceEqual(other.Descriptors);
}

/// <summary>A program map table.</summary>
internal sealed record ProgramMap(int Program, int PcrPid, IReadOnlyList<StreamEntry> Streams);

/// <summary>Reads PAT and PMT sections, ISO/IEC 13818-1 2.4.4. Nothing here runs on the packet path.</summary>
internal static class ProgramTables
{
    public const byte PatTable = 0;
    public const byte PmtTable = 2;

    /// <summary>Programs of one multiplex that are looked at. Satellite multiplexes carry up to about 30.</summary>
    public const int MaxPrograms = 64;

    /// <summary>Elementary streams of one program that are looked at. Broadcast programs list up to about 20.</summary>
    public const int MaxStreams = 64;

    private const int CommonHeader = 8;
    private const int CrcSize = 4;
    private const int PmtHeader = 12;
    private const int StreamHeader = 5;

    /// <summary>Whether a section is a whole, current one of the given table with a right CRC (2.4.4.4: section_syntax_indicator 1, current_next_indicator 1).</summary>
    public static bool IsValid(ReadOnlySpan<byte> section, byte table) =>
        section.Length >= CommonHeader + CrcSize && section[0] == table && (section[1] & 0x80) != 0 && Crc32Mpeg.Compute(section) == 0;

    public static bool IsCurrent(ReadOnlySpan<byte> section) => (section[5] & 1) != 0;

    public static int Version(ReadOnlySpan<byte> section) => (section[5] >> 1) & 31;

    public static int SectionNumber(ReadOnlySpan<byte> section) => section[6];

    public static int LastSectionNumber(ReadOnlySpan<byte> section) => section[7];

    public static int TableExtension(ReadOnlySpan<byte> section) => BinaryPrimitives.ReadUInt16BigEndian(section[3..]);

    public static uint Crc(ReadOnlySpan<byte> section) => BinaryPrimitives.ReadUInt32BigEndian(section[^CrcSize..]);

    /// <summary>Adds the programs of a valid PAT section; program 0 is the network table and not a program.</summary>
    public static void ReadPat(ReadOnlySpan<byte> section, List<ProgramEntry> programs)
    {
        ReadOnlySpan<byte> entries = section[CommonHeader..^CrcSize];
        for (; entries.Length >= 4 && programs.Count < MaxPrograms; entries = entries[4..])
        {
            int number = BinaryPrimitives.ReadUInt16BigEndian(entries);
            int pid = BinaryPrimitives.ReadUInt16BigEndian(entries[2..]) & 0x1fff;
            ProgramEntry entry = new(number, pid);
            if (number != 0 && pid != TsPacket.NullPid && pid != TsPacket.PatPid && !programs.Contains(entry))
            {
                programs.Add(entry);
            }
        }
    }

    /// <summary>Reads a valid PMT section; null when its lengths contradict each other.</summary>
    public static ProgramMap? ReadPmt(ReadOnlySpan<byte> section)
    {
        if (section.Length < PmtHeader + CrcSize)
        {
            return null;
        }

        int pcrPid = BinaryPrimitives.ReadUInt16BigEndian(section[8..]) & 0x1fff;
        int infoLength = BinaryPrimitives.ReadUInt16BigEndian(section[10..]) & 0x0fff;
        ReadOnlySpan<byte> rest = section[PmtHeader..^CrcSize];
        if (infoLength > rest.Length)
        {
            return null;
        }

        List<StreamEntry> streams = [];
        rest = rest[infoLength..];
        while (rest.Length >= StreamHeader && streams.Count < MaxStreams)
        {
            int pid = BinaryPrimitives.ReadUInt16BigEndian(rest[1..]) & 0x1fff;
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest[3..]) & 0x0fff;
            if (length > rest.Length - StreamHeader)
            {
                return null;
            }

            streams.Add(new StreamEntry(pid, rest[0], rest.Slice(StreamHeader, length).ToArray()));
            rest = rest[(StreamHeader + length)..];
        }

        return new ProgramMap(TableExtension(section), pcrPid, streams);
    }
}
