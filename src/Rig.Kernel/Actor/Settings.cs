using Akka.Configuration;

namespace Akka.Actor;

/// <summary>A system's settings, as read when it was made.</summary>
public class Settings
{
    internal Settings(ActorSystem system, Config config)
    {
        System = system;
        Config = config;
        AskTimeout = config.GetTimeSpan("akka.actor.ask-timeout", Timeout.InfiniteTimeSpan);
        LogLevel = config.GetString("akka.loglevel", "INFO")!;
        DebugLifecycle = config.GetBoolean("akka.actor.debug.lifecycle");
        SchedulerClass = config.GetString("akka.scheduler.implementation", "")!;
        Loggers = config.HasPath("akka.loggers") ? config.GetStringList("akka.loggers") : ["Akka.Event.DefaultLogger, Akka"];
        SupervisorStrategyClass = config.GetString("akka.actor.guardian-supervisor-strategy", "Akka.Actor.DefaultSupervisorStrategy")!;
        LogDeadLetters = config.GetString("akka.log-dead-letters", "10") switch
        {
            "on" or "true" => int.MaxValue,
            "off" or "false" => 0,
            _ => config.GetInt("akka.log-dead-letters", 10),
        };
        CoordinatedShutdownTerminateActorSystem = config.GetBoolean("akka.coordinated-shutdown.terminate-actor-system", true);
        CoordinatedShutdownRunByActorSystemTerminate = config.GetBoolean("akka.coordinated-shutdown.run-by-actor-system-terminate", true);
    }

    /// <summary>Whose settings these are.</summary>
    public ActorSystem System { get; }

    /// <summary>All of them.</summary>
    public Config Config { get; }

    /// <summary>How long a question waits whose asker does not say; infinite unless configured.</summary>
    public TimeSpan AskTimeout { get; }

    /// <summary>The least level that is logged.</summary>
    public string LogLevel { get; }

    /// <summary>The types of the loggers.</summary>
    public IList<string> Loggers { get; }

    /// <summary>Whether actors' starts and ends are logged at debug level.</summary>
    public bool DebugLifecycle { get; }

    /// <summary>How many dead letters are logged.</summary>
    public int LogDeadLetters { get; }

    /// <summary>The scheduler's type; empty for the kernel's own.</summary>
    public string SchedulerClass { get; }

    /// <summary>The type that makes the user guardian's strategy.</summary>
    public string SupervisorStrategyClass { get; }

    /// <summary>Whether the coordinated shutdown's last phase ends the system.</summary>
    public bool CoordinatedShutdownTerminateActorSystem { get; }

    /// <summary>Whether ending the system runs the coordinated shutdown first.</summary>
    public bool CoordinatedShutdownRunByActorSystemTerminate { get; }
}
