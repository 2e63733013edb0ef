namespace Rig.Media.MpegTs;

/// <summary>What a demultiplexer needs of an adaptation field, ISO/IEC 13818-1 2.4.3.4.</summary>
internal readonly ref struct AdaptationField
{
    private const byte DiscontinuityFlag = 0x80;
    private const byte PcrFlag = 0x10;
    private const byte OtherFieldsFlags = 0x0f;
    private const int PcrSize = 6;

    private readonly ReadOnlySpan<byte> _body;

    private AdaptationField(ReadOnlySpan<byte> body) => _body = body;

    /// <summary>discontinuity_indicator: continuity counter or clock may jump here (2.4.3.5).</summary>
    public bool Discontinuity => !_body.IsEmpty && (_body[0] & DiscontinuityFlag) != 0;

    public bool HasPcr => _body.Length > PcrSize && (_body[0] & PcrFlag) != 0;

    /// <summary>
    /// Whether it is there only to fill the packet up, as multiplexers do with the last packet of a PES packet (2.4.3.5, stuffing_byte).
    /// Fields other than the PCR are taken for content.
    /// </summary>
    public bool IsStuffed => _body.IsEmpty || ((_body[0] & OtherFieldsFlags) == 0 && _body.Length > 1 + (HasPcr ? PcrSize : 0));

    /// <summary>program_clock_reference in 27 MHz ticks: base x 300 + extension (2-1).</summary>
    public long Pcr =>
        (((long)_body[1] << 25) | ((long)_body[2] << 17) | ((long)_body[3] << 9) | ((long)_body[4] << 1) | ((long)_body[5] >> 7)) * 300
        + (((_body[5] & 1) << 8) | _body[6]);

    /// <summary>Reads the field of a packet that has one.</summary>
    /// <param name="packet">A whole packet.</param>
    /// <param name="field">The field.</param>
    /// <param name="end">Where the payload begins.</param>
    /// <returns>False when the field would not fit into its packet.</returns>
    public static bool TryRead(ReadOnlySpan<byte> packet, out AdaptationField field, out int end)
    {
        int length = packet[TsPacket.HeaderSize];
        end = TsPacket.HeaderSize + 1 + length;
        if (end > TsPacket.Size)
        {
            field = default;
            return false;
        }

        field = new AdaptationField(packet.Slice(TsPacket.HeaderSize + 1, length));
        return true;
    }
}
