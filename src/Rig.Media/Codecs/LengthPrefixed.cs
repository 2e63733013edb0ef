using System.Buffers.Binary;

namespace Rig.Media.Codecs;

/// <summary>
/// NAL units behind 4-byte big-endian lengths: the form of H.264 and H.265 units inside the rig, and of MP4 samples with
/// lengthSizeMinusOne = 3 (ISO/IEC 14496-15 5.3.3). <c>foreach (ReadOnlySpan&lt;byte&gt; nal in LengthPrefixed.Read(unit))</c>; a length
/// beyond the end ends the enumeration.
/// </summary>
public static class LengthPrefixed
{
    /// <summary>Bytes of the length before each NAL unit.</summary>
    public const int PrefixBytes = 4;

    private static ReadOnlySpan<byte> StartCode => [0, 0, 0, 1];

    /// <summary>The NAL units of a unit.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="prefix">Bytes of a length: 1, 2, 3 or 4; foreign files use other sizes than 4.</param>
    public static LengthPrefixedReader Read(ReadOnlySpan<byte> unit, int prefix = PrefixBytes) => new(unit, prefix);

    /// <summary>Turns every length into a start code, in place.</summary>
    /// <returns>False when the lengths do not add up; what could be converted is.</returns>
    public static bool ToAnnexB(Span<byte> unit)
    {
        while (unit.Length >= PrefixBytes)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(unit);
            StartCode.CopyTo(unit);
            if (length > unit.Length - PrefixBytes)
            {
                return false;
            }

            unit = unit[(PrefixBytes + (int)length)..];
        }

        return unit.IsEmpty;
    }

    /// <summary>Appends NAL units of an Annex B byte stream with lengths, without the zeros between them.</summary>
    public static void FromAnnexB(ReadOnlySpan<byte> stream, System.Buffers.IBufferWriter<byte> target)
    {
        ArgumentNullException.ThrowIfNull(target);
        foreach (ReadOnlySpan<byte> nal in AnnexB.AnnexBReader.Read(stream))
        {
            Span<byte> place = target.GetSpan(PrefixBytes + nal.Length);
            BinaryPrimitives.WriteInt32BigEndian(place, nal.Length);
            nal.CopyTo(place[PrefixBytes..]);
            target.Advance(PrefixBytes + nal.Length);
        }
    }
}

/// <summary>Enumerates the NAL units of <see cref="LengthPrefixed.Read"/>; empty ones are passed over.</summary>
public ref struct LengthPrefixedReader(ReadOnlySpan<byte> unit, int prefix)
{
    private ReadOnlySpan<byte> _rest = unit;

    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly LengthPrefixedReader GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_rest.Length > prefix)
        {
            uint length = 0;
            foreach (byte part in _rest[..prefix])
            {
                length = (length << 8) | part;
            }

            if (length > _rest.Length - prefix)
            {
                return false;
            }

            Current = _rest.Slice(prefix, (int)length);
            _rest = _rest[(prefix + (int)length)..];
            if (length > 0)
            {
                return true;
            }
        }

        return false;
    }
}
