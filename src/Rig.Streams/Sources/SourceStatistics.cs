using Rig.Media;

namespace Rig.Streams.Sources;

/// <summary>What a source took in since its start.</summary>
public sealed record SourceStatistics
{
    /// <summary>Bytes received, before demultiplexing.</summary>
    public long Bytes { get; init; }

    /// <summary>Datagrams received, or reads where the transport has no datagrams.</summary>
    public long Packets { get; init; }

    /// <summary>How often each kind of fault was survived; kinds that never came are left out.</summary>
    public IReadOnlyDictionary<StreamFaultKind, long> Faults { get; init; } = new Dictionary<StreamFaultKind, long>();

    /// <summary>The last lines the child process wrote to its standard error, oldest first.</summary>
    public IReadOnlyList<string> ErrorOutput { get; init; } = [];

    /// <summary>The child process, if there is one and it runs.</summary>
    public int? ChildProcessId { get; init; }
}
