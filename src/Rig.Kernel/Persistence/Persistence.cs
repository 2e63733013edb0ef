using Akka.Actor;
using Rig.Kernel.Storage;

namespace Akka.Persistence;

/// <summary>Finds the persistence of an actor system.</summary>
public sealed class Persistence : ExtensionIdProvider<PersistenceExtension>
{
    public static Persistence Instance { get; } = new();

    /// <inheritdoc/>
    public override PersistenceExtension CreateExtension(ExtendedActorSystem system) => new();
}

/// <summary>
/// Where the persistent actors of one system keep their events. In memory, as long as the system lives, unless whoever creates
/// the system attaches a journal before the first persistent actor starts.
/// </summary>
public sealed class PersistenceExtension : IExtension
{
    private readonly Lock _lock = new();
    private IJournalStore? _store;

    internal PersistenceExtension() { }

    /// <summary>The attached store, or one in memory; settled by the first use.</summary>
    internal IJournalStore Store
    {
        get
        {
            lock (_lock)
            {
                return _store ??= new MemoryJournalStore();
            }
        }
    }

    /// <exception cref="InvalidOperationException">A store is attached already, or a persistent actor has started without one.</exception>
    internal void Attach(IJournalStore store)
    {
        lock (_lock)
        {
            _store = _store is null
                ? store
                : throw new InvalidOperationException(
                    "The system has a journal already; attach it once, before the first persistent actor starts."
                );
        }
    }
}
