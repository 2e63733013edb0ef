using System.Buffers.Binary;

namespace Rig.Media.MpegTs;

/// <summary>
/// The 4-byte header of a transport packet, ISO/IEC 13818-1 2.4.3.2, as one big-endian word:
/// <code>
/// 8 sync_byte | 1 transport_error | 1 payload_unit_start | 1 priority | 13 PID | 2 scrambling | 2 adaptation_field_control | 4 continuity
/// </code>
/// </summary>
internal static class TsPacket
{
    public const int Size = 188;
    public const int HeaderSize = 4;
    public const byte Sync = 0x47;
    public const int Pids = 8192;
    public const int PatPid = 0;

    /// <summary>The last PID that is reserved for tables of the standards (2.4.3.3 table 2-3, EN 300 468 5.1.3).</summary>
    public const int LastReservedPid = 0x1f;
    public const int NullPid = 0x1fff;

    public static uint Header(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt32BigEndian(packet);

    public static int Pid(uint header) => (int)(header >> 8) & 0x1fff;

    public static bool HasError(uint header) => (header & 0x0080_0000) != 0;

    public static bool StartsUnit(uint header) => (header & 0x0040_0000) != 0;

    public static bool IsScrambled(uint header) => (header & 0xc0) != 0;

    public static bool HasAdaptation(uint header) => (header & 0x20) != 0;

    public static bool HasPayload(uint header) => (header & 0x10) != 0;

    public static int Continuity(uint header) => (int)header & 15;
}
