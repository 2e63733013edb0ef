namespace Rig.Media.Codecs.Av1;

/// <summary>obu_type of the AV1 bitstream specification 6.2.2.</summary>
public enum ObuType : byte
{
    SequenceHeader = 1,
    TemporalDelimiter = 2,
    FrameHeader = 3,
    TileGroup = 4,
    Metadata = 5,
    Frame = 6,
    RedundantFrameHeader = 7,
    TileList = 8,
    Padding = 15,
}

/// <summary>
/// An open bitstream unit (AV1 5.3.1) in memory:
/// <code>
/// forbidden 1 = 0 | type 4 | extension_flag 1 | has_size_field 1 | reserved 1 | [ temporal_id 3 | spatial_id 2 | reserved 3 ] | [ size leb128 ] | payload
/// </code>
/// </summary>
public readonly ref struct Obu
{
    private const byte ForbiddenBit = 0x80;
    private const byte ExtensionBit = 0x04;
    private const byte SizeBit = 0x02;

    private Obu(byte first, byte? extension, ReadOnlySpan<byte> payload)
    {
        First = first;
        Extension = extension;
        Payload = payload;
    }

    public ObuType Type => (ObuType)((First >> 3) & 15);

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>temporal_id and spatial_id, if any.</summary>
    public byte? Extension { get; }

    /// <summary>Bytes of the unit when it is written with a size field.</summary>
    public int WrittenLength => 1 + (Extension is null ? 0 : 1) + Leb128.Length((uint)Payload.Length) + Payload.Length;

    private byte First { get; }

    /// <summary>Takes the first unit off <paramref name="bytes"/>; one without a size field takes all. False when it is malformed.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> bytes, out Obu obu)
    {
        obu = default;
        if (bytes.IsEmpty || (bytes[0] & ForbiddenBit) != 0)
        {
            return false;
        }

        byte first = bytes[0];
        int at = 1;
        byte? extension = null;
        if ((first & ExtensionBit) != 0)
        {
            if (bytes.Length < 2)
            {
                return false;
            }

            extension = bytes[at++];
        }

        uint size = (uint)(bytes.Length - at);
        if ((first & SizeBit) != 0)
        {
            int length = Leb128.TryRead(bytes[at..], out size);
            at += length;
            if (length == 0 || size > (uint)(bytes.Length - at))
            {
                return false;
            }
        }

        obu = new Obu(first, extension, bytes.Slice(at, (int)size));
        bytes = bytes[(at + (int)size)..];
        return true;
    }

    /// <summary>Writes the unit with a size field, as units of the rig have it.</summary>
    public void Write(Span<byte> target)
    {
        target[0] = (byte)(First | SizeBit);
        int at = 1;
        if (Extension is { } extension)
        {
            target[at++] = extension;
        }

        at += Leb128.Write(target[at..], (uint)Payload.Length);
        Payload.CopyTo(target[at..]);
    }
}

/// <summary>leb128() of AV1 4.10.5: seven bits a byte, least significant first, at most 8 bytes and 32 bits.</summary>
public static class Leb128
{
    /// <summary>Bytes of the longest number.</summary>
    public const int MaxBytes = 8;

    /// <returns>Bytes read; 0 when the number does not end or is too large.</returns>
    public static int TryRead(ReadOnlySpan<byte> bytes, out uint value)
    {
        ulong sum = 0;
        value = 0;
        for (int i = 0; i < Math.Min(MaxBytes, bytes.Length); i++)
        {
            sum |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if ((bytes[i] & 0x80) == 0)
            {
                value = (uint)sum;
                return sum <= uint.MaxValue ? i + 1 : 0;
            }
        }

        return 0;
    }

    public static int Length(uint value) => (System.Numerics.BitOperations.Log2(value) / 7) + 1;

    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> target, uint value)
    {
        int length = Length(value);
        for (int i = 0; i < length; i++, value >>= 7)
        {
            target[i] = (byte)((value & 0x7F) | (i < length - 1 ? 0x80u : 0));
        }

        return length;
    }
}
