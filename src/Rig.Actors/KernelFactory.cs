using Akka.Actor;
using Rig.Contracts.Json;
using Rig.Contracts.Sessions;
#if AKKA_NET
using Akka.Configuration;
#else
using Rig.Kernel.Storage;
#endif

namespace Rig.Actors;

/// <summary>Creates the actor system and its journal: the only file in which the two kernels differ.</summary>
internal static class KernelFactory
{
#if AKKA_NET
    public static ActorSystem Create(string journalFile)
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
        return ActorSystem.Create("rig", config);
    }
#else
    public static ActorSystem Create(string journalFile)
    {
        ActorSystem system = ActorSystem.Create("rig");
        SqlitePersistence.Attach(
            system,
            new SqliteJournalOptions
            {
                File = journalFile,
                Types = new PersistedTypes(RigJson.Default.Options).Add<DesiredSession>("desired-session/1"),
                SetAsideDamagedFile = true,
            }
        );
        return system;
    }
#endif
}
