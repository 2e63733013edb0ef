// Where the configuration comes from, and what it is checked against.
using Rig.Streams.Sources;

namespace Rig.Node.Configuration;

/// <summary>What a <see cref="ConfigurationStore"/> is opened with.</summary>
public sealed record ConfigurationSetup
{
    /// <summary>The node's own file; null for the reference alone.</summary>
    public string? File { get; init; }

    /// <summary>Where changes by API are kept; <c>overrides.json</c> in the state folder that the file names when null.</summary>
    public string? Overrides { get; init; }

    /// <summary>Settings of the command line, over everything else while this process lives: dotted keys with texts.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);

    /// <summary>Looks up environment variables for substitutions.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>For the time stamps of changes.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What a camera's source may be; each source is made once, without starting it, to check its text.</summary>
    public IReadOnlyList<ISourceScheme> Schemes { get; init; } = BuiltInSources.All();
}
