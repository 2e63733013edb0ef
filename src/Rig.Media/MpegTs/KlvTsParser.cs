using System.Buffers.Binary;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.MpegTs;

/// <summary>
/// KLV metadata (SMPTE ST 336, STANAG 4609) in private PES packets, bare (MISB ST 1402 asynchronous) or in metadata access unit
/// cells (ISO/IEC 13818-1 2.12.4.2, synchronous):
/// <code>
/// 8 metadata_service_id | 8 sequence_number | 2 cell_fragment_indication | 1 decoder_config | 1 random_access | 4 reserved | 16 length
/// </code>
/// One unit holds one KLV packet.
/// </summary>
internal sealed class KlvTsParser(bool cells, IAccessUnitSink sink, BlockPool pool) : PacketUnitParser(MaxUnit, sink, pool)
{
    /// <summary>Local sets of drones stay below 2 kB; imagery inside KLV (MISB ST 0601 item 96) below this.</summary>
    private const int MaxUnit = 1 << 20;

    private const int KeySize = 16;
    private const int CellHeader = 5;
    private const int Whole = 3;
    private const int First = 2;
    private const int Last = 1;

    private static readonly TrackFormat Format = new() { Codec = Codec.Klv, Timescale = Timescale.Mpeg };

    private readonly List<byte> _fragments = [];
    private bool _announced;

    /// <summary>SMPTE universal labels begin so (ST 298).</summary>
    private static ReadOnlySpan<byte> KeyPrefix => [0x06, 0x0e, 0x2b, 0x34];

    protected override int Measure(ReadOnlySpan<byte> bytes)
    {
        if (!cells)
        {
            return MeasureKlv(bytes);
        }

        return bytes.Length < CellHeader ? 0 : CellHeader + BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]);
    }

    protected override void OnWhole(ReadOnlySpan<byte> bytes, UtcInstant arrival)
    {
        if (!cells)
        {
            EmitKlv(bytes, arrival);
            return;
        }

        int fragment = bytes[2] >> 6;
        ReadOnlySpan<byte> body = bytes[CellHeader..];
        if (fragment is Whole or First)
        {
            _fragments.Clear();
        }

        if (fragment == Whole)
        {
            EmitKlv(body, arrival);
            return;
        }

        if (_fragments.Count + body.Length > MaxUnit || (fragment != First && _fragments.Count == 0))
        {
            _fragments.Clear();
            return;
        }

        _fragments.AddRange(body);
        if (fragment == Last)
        {
            EmitKlv(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_fragments), arrival);
            _fragments.Clear();
        }
    }

    protected override void OnGap() => _fragments.Clear();

    /// <summary>Key, BER length (ST 336 5.2), value.</summary>
    private static int MeasureKlv(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith(KeyPrefix[..Math.Min(KeyPrefix.Length, bytes.Length)]))
        {
            return -1;
        }

        if (bytes.Length <= KeySize)
        {
            return 0;
        }

        int first = bytes[KeySize];
        if (first < 0x80)
        {
            return KeySize + 1 + first;
        }

        int count = first & 0x7f;
        if (count is 0 or > 4)
        {
            return -1;
        }

        if (bytes.Length < KeySize + 1 + count)
        {
            return 0;
        }

        long length = 0;
        foreach (byte part in bytes.Slice(KeySize + 1, count))
        {
            length = (length << 8) | part;
        }

        return length <= MaxUnit - KeySize - 1 - count ? KeySize + 1 + count + (int)length : -1;
    }

    private void EmitKlv(ReadOnlySpan<byte> packet, UtcInstant arrival)
    {
        int size = MeasureKlv(packet);
        if (size <= 0 || size > packet.Length)
        {
            Report(StreamFaultKind.Malformed, "Metadata access unit without a whole KLV packet (SMPTE ST 336).");
            return;
        }

        if (!_announced)
        {
            _announced = true;
            Announce(Format);
        }

        Emit(packet, 0, arrival);
    }
}
