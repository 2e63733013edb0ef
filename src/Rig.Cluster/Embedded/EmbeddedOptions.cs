using Rig.Contracts.Cluster;

namespace Rig.Cluster.Embedded;

/// <summary>One node alone.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>This node.</summary>
    public required Member Self { get; init; }

    /// <summary>The file that keeps the shared state; its folder is created when it is missing. Beside it SQLite keeps -wal and -shm.</summary>
    public required string File { get; init; }

    /// <summary>So many newest changes can be watched from; older ones are forgotten. A session writes about ten.</summary>
    public int KeepChanges { get; init; } = 1_000;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Hears what listeners and handlers threw.</summary>
    public Action<Exception> OnError { get; init; } = static _ => { };
}
