using System.Buffers.Binary;
using System.Text;

namespace Rig.Media.Mp4;

/// <summary>
/// Writes boxes (ISO/IEC 14496-12 4.2: 32-bit size, four-character type, content) into one growing buffer that is kept for the next
/// use. Big-endian throughout. Sizes are filled in by <see cref="End"/>.
/// </summary>
internal sealed class BoxWriter(int capacity = 4096)
{
    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    /// <summary>What was written; invalid after the next write.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    public byte[] ToArray() => _bytes.AsSpan(0, Length).ToArray();

    /// <summary>Begins a box; the result goes to <see cref="End"/>.</summary>
    public int Begin(ReadOnlySpan<byte> type)
    {
        int start = Length;
        U32(0);
        Bytes(type);
        return start;
    }

    /// <summary>Begins a box with version and flags (FullBox, 4.2).</summary>
    public int BeginFull(ReadOnlySpan<byte> type, byte version = 0, uint flags = 0)
    {
        int start = Begin(type);
        U32(((uint)version << 24) | flags);
        return start;
    }

    public void End(int start) => PatchU32(start, (uint)(Length - start));

    /// <summary>A box without children.</summary>
    public void Box(ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        int start = Begin(type);
        Bytes(content);
        End(start);
    }

    public void U8(int value) => Grow(1)[0] = (byte)value;

    public void U16(int value) => BinaryPrimitives.WriteUInt16BigEndian(Grow(2), (ushort)value);

    public void U32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Grow(4), value);

    public void I32(int value) => BinaryPrimitives.WriteInt32BigEndian(Grow(4), value);

    public void U64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Grow(8), value);

    public void I64(long value) => BinaryPrimitives.WriteInt64BigEndian(Grow(8), value);

    /// <summary>A time or duration that is 64 bits wide in version 1 of a box and 32 in version 0.</summary>
    public void Sized(bool wide, long value)
    {
        if (wide)
        {
            I64(value);
        }
        else
        {
            U32((uint)value);
        }
    }

    public void Zero(int count) => Grow(count).Clear();

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Grow(bytes.Length));

    public void Utf8(string text) => Encoding.UTF8.GetBytes(text, Grow(Encoding.UTF8.GetByteCount(text)));

    /// <summary>UTF-8 with a closing zero.</summary>
    public void Utf8Zero(string text)
    {
        Utf8(text);
        U8(0);
    }

    public void PatchU32(int at, uint value) => BinaryPrimitives.WriteUInt32BigEndian(_bytes.AsSpan(at), value);

    private Span<byte> Grow(int count)
    {
        int needed = checked(Length + count);
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Math.Max(needed, _bytes.Length * 2L), Array.MaxLength));
        }

        Span<byte> added = _bytes.AsSpan(Length, count);
        Length = needed;
        return added;
    }
}
