using Akka.Actor;
using Akka.Persistence;

namespace Rig.Kernel.Storage;

/// <summary>
/// Gives an actor system its journal on disk. For the one file that creates the system; dispose it when the system has
/// terminated. Actors that persist after that fail as on a broken disk.
/// </summary>
public sealed class SqlitePersistence : IAsyncDisposable
{
    private readonly SqliteJournalStore _store;

    private SqlitePersistence(SqliteJournalStore store) => _store = store;

    /// <summary>The journal's full path.</summary>
    public string File => _store.File;

    /// <summary>The name under which a damaged file was kept, when there was one; worth an alarm.</summary>
    public string? DamagedFile => _store.SetAside;

    /// <summary>Opens the journal and attaches it; before the first persistent actor starts.</summary>
    /// <exception cref="StorageException">The file cannot be used; the message says why and what to do.</exception>
    /// <exception cref="InvalidOperationException">The system has a journal already.</exception>
    public static SqlitePersistence Attach(ActorSystem system, SqliteJournalOptions options)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(options);
        var extension = Persistence.Instance.Apply(system);
        var store = SqliteJournalStore.Open(options);
        try
        {
            extension.Attach(store);
        }
        catch (InvalidOperationException)
        {
            _ = store.DisposeAsync().AsTask();
            throw;
        }

        return new SqlitePersistence(store);
    }

    /// <summary>Finishes pending writes and closes the file.</summary>
    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
