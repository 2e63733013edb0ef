using Akka.Actor;
using Akka.Configuration;
using Rig.Contracts.Json;
using Rig.Contracts.Sessions;
#if !AKKA_NET
using Rig.Kernel.Storage;
#endif

namespace Rig.Actors;

/// <summary>Creates the actor system and its journal: the only file in which the two kernels differ.</summary>
internal static class KernelFactory
{
#if AKKA_NET
    /// <param name="more">Settings beside those of the journal, in HOCON.</param>
    public static (ActorSystem System, IAsyncDisposable? Journal) Create(string journalFile, string more = "")
    {
        string connection = $"Data Source={journalFile}";
        Config config = ConfigurationFactory.ParseString(
            $$"""
            akka.persistence {
              journal { plugin = "akka.persistence.journal.sqlite", sqlite { connection-string = "{{connection}}", auto-initialize = on } }
              snapshot-store { plugin = "akka.persistence.snapshot-store.sqlite", sqlite { connection-string = "{{connection}}", auto-initialize = on } }
            }
            """
        );
        return (ActorSystem.Create("rig", ConfigurationFactory.ParseString(more).WithFallback(config)), null);
    }
#else
    /// <summary>The journal is to be disposed of when the system has terminated.</summary>
    /// <param name="more">Settings in HOCON.</param>
    public static (ActorSystem System, IAsyncDisposable? Journal) Create(string journalFile, string more = "")
    {
        ActorSystem system = ActorSystem.Create("rig", ConfigurationFactory.ParseString(more));
        SqlitePersistence journal = SqlitePersistence.Attach(
            system,
            new SqliteJournalOptions
            {
                File = journalFile,
                Types = new PersistedTypes(RigJson.Default.Options).Add<DesiredSession>("desired-session/1"),
                SetAsideDamagedFile = true,
            }
        );
        return (system, journal);
    }
#endif
}
