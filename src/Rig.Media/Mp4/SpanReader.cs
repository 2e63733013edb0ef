using System.Buffers.Binary;

namespace Rig.Media.Mp4;

/// <summary>Reads big-endian numbers from bytes of unknown quality: behind the end everything reads as zero and <see cref="Failed"/> is set.</summary>
internal ref struct SpanReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public bool Failed { get; private set; }

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public int U8() => Take(1) is { Length: 1 } bytes ? bytes[0] : 0;

    public int U16() => Take(2) is { Length: 2 } bytes ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : 0;

    public uint U32() => Take(4) is { Length: 4 } bytes ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : 0;

    public int I32() => (int)U32();

    public long I64() => Take(8) is { Length: 8 } bytes ? BinaryPrimitives.ReadInt64BigEndian(bytes) : 0;

    /// <summary>64 bits in version 1 of a box, 32 in version 0.</summary>
    public long Sized(bool wide) => wide ? I64() : U32();

    public void Skip(int count) => Take(count);

    /// <summary>So many bytes, or none when there are fewer.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            Failed = true;
            _rest = default;
            return default;
        }

        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}

/// <summary>A box in memory: type, content behind the header, and the whole of it.</summary>
internal readonly ref struct Box(ReadOnlySpan<byte> type, ReadOnlySpan<byte> content, ReadOnlySpan<byte> whole)
{
    public ReadOnlySpan<byte> Type { get; } = type;

    public ReadOnlySpan<byte> Content { get; } = content;

    public ReadOnlySpan<byte> Whole { get; } = whole;

    public bool Is(ReadOnlySpan<byte> type) => Type.SequenceEqual(type);
}

/// <summary>
/// Walks the boxes of one level (ISO/IEC 14496-12 4.2). A box that claims more bytes than there are ends the walk. Levels are entered
/// by name only, so the depth is that of the code, not of the file.
/// </summary>
internal ref struct BoxWalker(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether bytes were left that are no box.</summary>
    public bool Failed { get; private set; }

    public bool Next(out Box box)
    {
        const int Header = 8;
        const int LargeHeader = 16;
        box = default;
        if (_rest.Length < Header)
        {
            Failed |= !_rest.IsEmpty && _rest.ContainsAnyExcept((byte)0);
            return false;
        }

        long size = BinaryPrimitives.ReadUInt32BigEndian(_rest);
        int header = Header;
        if (size == 1 && _rest.Length >= LargeHeader)
        {
            size = BinaryPrimitives.ReadInt64BigEndian(_rest[Header..]);
            header = LargeHeader;
        }
        else if (size == 0)
        {
            size = _rest.Length;
        }

        if (size < header || size > _rest.Length)
        {
            Failed = true;
            return false;
        }

        ReadOnlySpan<byte> whole = _rest[..(int)size];
        box = new Box(whole.Slice(4, 4), whole[header..], whole);
        _rest = _rest[(int)size..];
        return true;
    }

    /// <summary>The content of the first box of a type, or nothing.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> type)
    {
        var boxes = new BoxWalker(bytes);
        while (boxes.Next(out Box box))
        {
            if (box.Is(type))
            {
                return box.Content;
            }
        }

        return default;
    }

    /// <summary>The content behind version and flags of the first full box of a type, or nothing.</summary>
    public static ReadOnlySpan<byte> FindFull(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> type, out int version)
    {
        ReadOnlySpan<byte> content = Find(bytes, type);
        version = content.Length >= 4 ? content[0] : 0;
        return content.Length >= 4 ? content[4..] : default;
    }
}
