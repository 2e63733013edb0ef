// The one way the HOCON reader fails: a sentence and the place it is about.
namespace Rig.Node.Configuration.Hocon;

/// <summary>A configuration text that cannot be read. Nothing else leaves the reader for any input text.</summary>
public sealed class HoconException(HoconOrigin origin, string problem) : Exception($"{origin}: {problem}")
{
    /// <summary>Where.</summary>
    public HoconOrigin Origin { get; } = origin;

    /// <summary>What is wrong and what is allowed, without the place.</summary>
    public string Problem { get; } = problem;
}
