// How much a configuration may cost. A file is written by a person, but it can be generated, wrong or hostile, and a node that reads it
// must answer with an error, not with an exhausted stack or heap.
namespace Rig.Node.Configuration.Hocon;

/// <summary>Limits of the HOCON reader, each with its reason.</summary>
public static class HoconLimits
{
    /// <summary>The largest file. The reference with every option and comment is under 20 kB; a megabyte is no configuration.</summary>
    public const int MaxFileBytes = 1 << 20;

    /// <summary>Nesting of objects and arrays, and of path elements. The options are four deep; the parser uses the stack for each level.</summary>
    public const int MaxDepth = 64;

    /// <summary>Includes inside includes. Rig, site and node files make three.</summary>
    public const int MaxIncludeDepth = 16;

    /// <summary>Files read for one configuration: two files that include each other twice would else read 2^16 of them.</summary>
    public const int MaxFiles = 256;

    /// <summary>Substitutions that lead to substitutions; the resolver uses the stack for each.</summary>
    public const int MaxResolveDepth = 128;

    /// <summary>Values made while resolving: ten lines that double each other would else make a million (the "billion laughs").</summary>
    public const int MaxResolvedValues = 200_000;

    /// <summary>Characters of one joined string, for the same reason.</summary>
    public const int MaxStringLength = 1 << 20;
}
