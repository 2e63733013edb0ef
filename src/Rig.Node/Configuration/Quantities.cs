// Quantities that options have besides TimeSpan and plain numbers: types, so that none is read in another's unit.
namespace Rig.Node.Configuration;

/// <summary>A number of bytes.</summary>
public readonly record struct ByteSize(long Bytes) : IComparable<ByteSize>
{
    /// <inheritdoc/>
    public int CompareTo(ByteSize other) => Bytes.CompareTo(other.Bytes);
}

/// <summary>A part of a hundred, 0 to 100.</summary>
public readonly record struct Percent(double Value) : IComparable<Percent>
{
    /// <summary>0 to 1.</summary>
    public double Fraction => Value / 100;

    /// <inheritdoc/>
    public int CompareTo(Percent other) => Value.CompareTo(other.Value);
}

/// <summary>A temperature in degrees Celsius.</summary>
public readonly record struct Celsius(double Degrees) : IComparable<Celsius>
{
    /// <inheritdoc/>
    public int CompareTo(Celsius other) => Degrees.CompareTo(other.Degrees);
}
