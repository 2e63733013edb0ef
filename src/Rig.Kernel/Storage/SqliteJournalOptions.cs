namespace Rig.Kernel.Storage;

/// <summary>Where the journal lies and how it is opened.</summary>
public sealed record SqliteJournalOptions
{
    /// <summary>The database file; its folder is created when it is missing. Beside it SQLite keeps -wal and -shm.</summary>
    public required string File { get; init; }

    /// <summary>Every type that events and snapshots may have.</summary>
    public required PersistedTypes Types { get; init; }

    /// <summary>
    /// What to do with a damaged file. Without this, opening fails and nothing is touched. With it, the file is kept aside under
    /// a new name and an empty journal begins: only for programs that can rebuild their state from elsewhere.
    /// </summary>
    public bool SetAsideDamagedFile { get; init; }

    /// <summary>Stamps events and the names of files set aside.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// The most pages (4 KiB each) that the file may have; null for no limit but the disk. A full journal fails writes as a
    /// full disk does.
    /// </summary>
    public int? MaxPages { get; init; }
}
