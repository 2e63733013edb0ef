// What reflection cannot know about an option: what a change needs, its range, and whether it must be given.
namespace Rig.Node.Configuration;

/// <summary>What it takes for a changed option to act.</summary>
public enum Applies
{
    /// <summary>At once, or with the next segment, start or attempt; nothing restarts.</summary>
    Live,

    /// <summary>The camera is made anew; while it records, that waits until it stops.</summary>
    Camera,

    /// <summary>The node is started again, by a person.</summary>
    Node,
}

/// <summary>Describes an option beside its type and default.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionAttribute(Applies applies) : Attribute
{
    /// <summary>What a change needs.</summary>
    public Applies Applies { get; } = applies;

    /// <summary>The least value, in the option's own notation.</summary>
    public string? Min { get; init; }

    /// <summary>The greatest value, in the option's own notation.</summary>
    public string? Max { get; init; }

    /// <summary>A word that stands for no value (null).</summary>
    public string? None { get; init; }

    /// <summary>Whether there is no default and the key must be given.</summary>
    public bool Required { get; init; }

    /// <summary>Whether text may be empty.</summary>
    public bool MayBeEmpty { get; init; }
}
