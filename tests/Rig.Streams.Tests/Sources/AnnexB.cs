using System.Buffers.Binary;

namespace Rig.Streams.Tests.Sources;

/// <summary>Length-prefixed units as the byte stream that tools read (H.264 Annex B).</summary>
public static class AnnexB
{
    private static readonly byte[] StartCode = [0, 0, 0, 1];

    public static byte[] Of(IEnumerable<KeptUnit> units)
    {
        using var stream = new MemoryStream();
        foreach (KeptUnit unit in units)
        {
            if (unit.IsKey)
            {
                foreach (ReadOnlyMemory<byte> set in unit.Format.ParameterSets)
                {
                    stream.Write(StartCode);
                    stream.Write(set.Span);
                }
            }

            WriteNals(stream, unit.Bytes);
        }

        return stream.ToArray();
    }

    private static void WriteNals(MemoryStream stream, ReadOnlySpan<byte> unit)
    {
        while (!unit.IsEmpty)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(unit);
            stream.Write(StartCode);
            stream.Write(unit.Slice(4, length));
            unit = unit[(4 + length)..];
        }
    }
}
