namespace Rig.Media.Mp4;

/// <summary>Reads what <see cref="CodecConfiguration"/> writes, and the same boxes of foreign files, into parameter sets.</summary>
internal static class ConfigurationParser
{
    private static readonly (IReadOnlyList<ReadOnlyMemory<byte>>, int) s_nothing = ([], 4);

    /// <summary>`avcC` (ISO/IEC 14496-15 5.3.3.1).</summary>
    public static (IReadOnlyList<ReadOnlyMemory<byte>> Sets, int LengthSize) Avc(ReadOnlySpan<byte> content)
    {
        const int FixedBytes = 7;
        if (content.Length < FixedBytes)
        {
            return s_nothing;
        }

        List<ReadOnlyMemory<byte>> sets = [];
        var reader = new SpanReader(content[4..]);
        int lengthSize = (reader.U8() & 3) + 1;
        ReadSets(ref reader, reader.U8() & 31, sets);
        ReadSets(ref reader, reader.U8(), sets);
        return (sets, lengthSize);
    }

    /// <summary>`hvcC` (8.3.3.1): arrays of NAL units by type.</summary>
    public static (IReadOnlyList<ReadOnlyMemory<byte>> Sets, int LengthSize) Hevc(ReadOnlySpan<byte> content)
    {
        const int FixedBytes = 23;
        const int FirstParameterSet = 32;
        const int LastParameterSet = 34;
        if (content.Length < FixedBytes)
        {
            return s_nothing;
        }

        List<ReadOnlyMemory<byte>> sets = [];
        var reader = new SpanReader(content[21..]);
        int lengthSize = (reader.U8() & 3) + 1;
        int arrays = reader.U8();
        for (int i = 0; i < arrays && !reader.Rest.IsEmpty; i++)
        {
            bool wanted = (reader.U8() & 63) is >= FirstParameterSet and <= LastParameterSet;
            ReadSets(ref reader, reader.U16(), wanted ? sets : []);
        }

        return (sets, lengthSize);
    }

    /// <summary>`av1C`: four bytes, then the sequence header OBU.</summary>
    public static (IReadOnlyList<ReadOnlyMemory<byte>> Sets, int LengthSize) Av1(ReadOnlySpan<byte> content) =>
        content.Length > 4 ? ([content[4..].ToArray()], 4) : s_nothing;

    /// <summary>The AudioSpecificConfig in `esds`.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Esds(ReadOnlySpan<byte> content)
    {
        const int StreamDescriptor = 3;
        const int DecoderConfiguration = 4;
        const int DecoderSpecific = 5;
        var reader = new SpanReader(content);
        if (reader.U8() != StreamDescriptor)
        {
            return [];
        }

        DescriptorLength(ref reader);
        reader.Skip(2);
        int flags = reader.U8();
        reader.Skip((flags & 0x80) != 0 ? 2 : 0);
        reader.Skip((flags & 0x40) != 0 ? reader.U8() : 0);
        reader.Skip((flags & 0x20) != 0 ? 2 : 0);
        if (reader.U8() != DecoderConfiguration)
        {
            return [];
        }

        DescriptorLength(ref reader);
        int objectType = reader.U8();
        reader.Skip(12);
        if (objectType is not (0x40 or 0x66 or 0x67 or 0x68) || reader.U8() != DecoderSpecific)
        {
            return [];
        }

        ReadOnlySpan<byte> config = reader.Take(DescriptorLength(ref reader));
        return config.Length is > 0 and <= StreamLimits.ParameterSetBytes ? [config.ToArray()] : [];
    }

    /// <summary>The identification header (RFC 7845 5.1) that `dOps` stands for.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Opus(ReadOnlySpan<byte> content)
    {
        const int FixedBytes = 11;
        if (content.Length < FixedBytes || content[0] != 0)
        {
            return [];
        }

        byte[] head = new byte[8 + content.Length];
        "OpusHead"u8.CopyTo(head);
        head[8] = 1;
        head[9] = content[1];
        (head[10], head[11]) = (content[3], content[2]);
        (head[12], head[13], head[14], head[15]) = (content[7], content[6], content[5], content[4]);
        (head[16], head[17]) = (content[9], content[8]);
        content[10..].CopyTo(head.AsSpan(18));
        return [head];
    }

    private static void ReadSets(ref SpanReader reader, int count, List<ReadOnlyMemory<byte>> sets)
    {
        for (int i = 0; i < count && !reader.Rest.IsEmpty; i++)
        {
            ReadOnlySpan<byte> set = reader.Take(reader.U16());
            if (set.Length is > 0 and <= StreamLimits.ParameterSetBytes && sets.Count < StreamLimits.ParameterSetsPerKind)
            {
                sets.Add(set.ToArray());
            }
        }
    }

    /// <summary>7 bits a byte, at most four of them (14496-1 8.3.3).</summary>
    private static int DescriptorLength(ref SpanReader reader)
    {
        int length = 0;
        for (int i = 0; i < 4; i++)
        {
            int part = reader.U8();
            length = (length << 7) | (part & 0x7F);
            if ((part & 0x80) == 0)
            {
                break;
            }
        }

        return length;
    }
}
