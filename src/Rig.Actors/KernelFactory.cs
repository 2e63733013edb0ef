using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Rig.Contracts.Cluster;
#if !AKKA_NET
using Rig.Contracts.Json;
using Rig.Contracts.Sessions;
using Rig.Kernel.Diagnostics;
using Rig.Kernel.Storage;
#endif

namespace Rig.Actors;

/// <summary>Creates the actor system and its journal, and looks into it: the only file in which the two kernels differ.</summary>
internal static class KernelFactory
{
    /// <summary>The actors below <c>/user</c> at this moment, sorted by name. Any thread.</summary>
    public static ActorNode Hierarchy(ActorSystem system)
    {
#if AKKA_NET
        return Node((ActorRefWithCell)((ExtendedActorSystem)system).Guardian);

        static ActorNode Node(ActorRefWithCell actor) =>
            new(
                actor.Path.Name,
                actor.Underlying.Props.Type.Name,
                [.. actor.Children.OfType<ActorRefWithCell>().Select(Node).OrderBy(child => child.Name, StringComparer.Ordinal)]
            );
#else
        return Node(ActorTree.Of(system));

        static ActorNode Node(ActorTree actor) =>
            new(actor.Name, actor.Type.Name, [.. actor.Children.Select(Node).OrderBy(child => child.Name, StringComparer.Ordinal)]);
#endif
    }

    /// <summary>The node has loggers of its own on the event stream.</summary>
    private const string NoLoggers = "akka { loggers = [], stdout-loglevel = OFF }";

    /// <param name="journalFile">The SQLite file of the journal.</param>
    /// <param name="more">Settings that go before these, in HOCON.</param>
    /// <returns>The system, and what is to be disposed of after it has terminated.</returns>
    public static (ActorSystem System, IAsyncDisposable? Journal) Create(string journalFile, string more = "")
    {
        Config config = ConfigurationFactory.ParseString(more).WithFallback(ConfigurationFactory.ParseString(NoLoggers));
#if AKKA_NET
        string connection = $"Data Source={journalFile}";
        Config journal = ConfigurationFactory.ParseString(
            $$"""
            akka.persistence {
              journal { plugin = "akka.persistence.journal.sqlite", sqlite { connection-string = "{{connection}}", auto-initialize = on } }
              snapshot-store { plugin = "akka.persistence.snapshot-store.sqlite", sqlite { connection-string = "{{connection}}", auto-initialize = on } }
            }
            """
        );
        return (ActorSystem.Create("rig", journal.WithFallback(config)), null);
#else
        ActorSystem system = ActorSystem.Create("rig", config);
        SqlitePersistence journal = SqlitePersistence.Attach(
            system,
            new SqliteJournalOptions
            {
                File = journalFile,
                Types = new PersistedTypes(RigJson.Default.Options).Add<DesiredSession>("desired-session/1"),
                SetAsideDamagedFile = true,
            }
        );
        if (journal.DamagedFile is { } damaged)
        {
            system.Log.Error("The session journal was damaged and is kept as {0}; a session that was running is not resumed.", damaged);
        }

        return (system, journal);
#endif
    }
}
