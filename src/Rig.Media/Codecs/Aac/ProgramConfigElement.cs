using Rig.Media.Bits;

namespace Rig.Media.Codecs.Aac;

/// <summary>program_config_element() of ISO/IEC 14496-3 4.4.1.1: the speakers of streams with channel configuration 0.</summary>
public sealed record ProgramConfigElement
{
    /// <summary>Greatest length without its comment: 16 elements of 5 bits in each of four lists, and the rest.</summary>
    internal const int MaxBytes = 80;

    public int InstanceTag { get; init; }

    public int ObjectType { get; init; }

    public int SamplingFrequencyIndex { get; init; }

    /// <summary>Elements from the middle to the sides: true for a pair of channels, with the element's tag.</summary>
    public IReadOnlyList<(bool IsPair, int Tag)> Front { get; init; } = [];

    public IReadOnlyList<(bool IsPair, int Tag)> Side { get; init; } = [];

    public IReadOnlyList<(bool IsPair, int Tag)> Back { get; init; } = [];

    public IReadOnlyList<int> LowFrequency { get; init; } = [];

    public IReadOnlyList<int> AssociatedData { get; init; } = [];

    public IReadOnlyList<(bool IsPair, int Tag)> Coupling { get; init; } = [];

    /// <summary>Four bits each with a presence bit before: mono, stereo; three bits: matrix. Null when absent.</summary>
    public int? MonoMixdown { get; init; }

    public int? StereoMixdown { get; init; }

    public int? MatrixMixdown { get; init; }

    public int Channels => Speakers(Front) + Speakers(Side) + Speakers(Back) + LowFrequency.Count;

    /// <summary>Reads the element after its three-bit id; alignment counts from where the reader began.</summary>
    internal static ProgramConfigElement Parse(ref BitReader reader)
    {
        ProgramConfigElement element = new()
        {
            InstanceTag = (int)reader.Bits(4),
            ObjectType = (int)reader.Bits(2),
            SamplingFrequencyIndex = (int)reader.Bits(4),
        };
        int front = (int)reader.Bits(4);
        int side = (int)reader.Bits(4);
        int back = (int)reader.Bits(4);
        int low = (int)reader.Bits(2);
        int data = (int)reader.Bits(3);
        int coupling = (int)reader.Bits(4);
        element = element with
        {
            MonoMixdown = reader.Flag() ? (int)reader.Bits(4) : null,
            StereoMixdown = reader.Flag() ? (int)reader.Bits(4) : null,
            MatrixMixdown = reader.Flag() ? (int)reader.Bits(3) : null,
            Front = Elements(ref reader, front),
            Side = Elements(ref reader, side),
            Back = Elements(ref reader, back),
            LowFrequency = Tags(ref reader, low),
            AssociatedData = Tags(ref reader, data),
            Coupling = Elements(ref reader, coupling),
        };
        reader.Align();
        reader.Skip((int)reader.Bits(8) * 8); // comment_field_data
        return element;
    }

    /// <summary>Writes the element without a comment.</summary>
    internal void Write(ref BitWriter writer)
    {
        writer.Bits((uint)InstanceTag, 4);
        writer.Bits((uint)ObjectType, 2);
        writer.Bits((uint)SamplingFrequencyIndex, 4);
        writer.Bits((uint)Front.Count, 4);
        writer.Bits((uint)Side.Count, 4);
        writer.Bits((uint)Back.Count, 4);
        writer.Bits((uint)LowFrequency.Count, 2);
        writer.Bits((uint)AssociatedData.Count, 3);
        writer.Bits((uint)Coupling.Count, 4);
        WriteOptional(ref writer, MonoMixdown, 4);
        WriteOptional(ref writer, StereoMixdown, 4);
        WriteOptional(ref writer, MatrixMixdown, 3);
        WriteElements(ref writer, Front);
        WriteElements(ref writer, Side);
        WriteElements(ref writer, Back);
        WriteTags(ref writer, LowFrequency);
        WriteTags(ref writer, AssociatedData);
        WriteElements(ref writer, Coupling);
        writer.Align();
        writer.Bits(0, 8); // comment_field_bytes
    }

    private static int Speakers(IReadOnlyList<(bool IsPair, int Tag)> elements)
    {
        int speakers = 0;
        for (int i = 0; i < elements.Count; i++)
        {
            speakers += elements[i].IsPair ? 2 : 1;
        }

        return speakers;
    }

    private static (bool IsPair, int Tag)[] Elements(ref BitReader reader, int count)
    {
        var elements = new (bool, int)[count];
        for (int i = 0; i < count; i++)
        {
            elements[i] = (reader.Flag(), (int)reader.Bits(4));
        }

        return elements;
    }

    private static int[] Tags(ref BitReader reader, int count)
    {
        int[] tags = new int[count];
        for (int i = 0; i < count; i++)
        {
            tags[i] = (int)reader.Bits(4);
        }

        return tags;
    }

    private static void WriteOptional(ref BitWriter writer, int? value, int bits)
    {
        writer.Flag(value is not null);
        if (value is { } known)
        {
            writer.Bits((uint)known, bits);
        }
    }

    private static void WriteElements(ref BitWriter writer, IReadOnlyList<(bool IsPair, int Tag)> elements)
    {
        foreach ((bool isPair, int tag) in elements)
        {
            writer.Flag(isPair);
            writer.Bits((uint)tag, 4);
        }
    }

    private static void WriteTags(ref BitWriter writer, IReadOnlyList<int> tags)
    {
        foreach (int tag in tags)
        {
            writer.Bits((uint)tag, 4);
        }
    }
}
