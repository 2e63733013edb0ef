using Akka.Event;
using Akka.Pattern;

namespace Akka.Actor;

/// <summary>
/// How a system ends: phases in a fixed order, in each the tasks that were added to it, all at once and each phase with a
/// timeout, the last one ending the actors. Phases and timeouts are Akka's; <c>akka.coordinated-shutdown.phases.NAME.timeout</c>,
/// <c>.recover</c> and <c>.enabled</c> change them.
/// </summary>
public sealed class CoordinatedShutdown : IExtension
{
    /// <summary>First: what must happen while everything still works.</summary>
    public const string PhaseBeforeServiceUnbind = "before-service-unbind";

    /// <summary>Accept no new connections.</summary>
    public const string PhaseServiceUnbind = "service-unbind";

    /// <summary>Wait for requests that are being served.</summary>
    public const string PhaseServiceRequestsDone = "service-requests-done";

    /// <summary>Close what is left of the connections.</summary>
    public const string PhaseServiceStop = "service-stop";

    /// <summary>The last moment as a member of the cluster.</summary>
    public const string PhaseBeforeClusterShutdown = "before-cluster-shutdown";

    /// <summary>Hand over what the cluster has placed here.</summary>
    public const string PhaseClusterShardingShutdownRegion = "cluster-sharding-shutdown-region";

    /// <summary>Say goodbye.</summary>
    public const string PhaseClusterLeave = "cluster-leave";

    /// <summary>Stop cluster singletons.</summary>
    public const string PhaseClusterExiting = "cluster-exiting";

    /// <summary>Wait until the others know.</summary>
    public const string PhaseClusterExitingDone = "cluster-exiting-done";

    /// <summary>Stop what made this a member.</summary>
    public const string PhaseClusterShutdown = "cluster-shutdown";

    /// <summary>The last moment at which actors live.</summary>
    public const string PhaseBeforeActorSystemTerminate = "before-actor-system-terminate";

    /// <summary>Last: all actors stop.</summary>
    public const string PhaseActorSystemTerminate = "actor-system-terminate";

    private static readonly TimeSpan s_defaultTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longTimeout = TimeSpan.FromSeconds(10);

    private static readonly (string Name, TimeSpan Timeout)[] s_phases =
    [
        (PhaseBeforeServiceUnbind, s_defaultTimeout),
        (PhaseServiceUnbind, s_defaultTimeout),
        (PhaseServiceRequestsDone, s_defaultTimeout),
        (PhaseServiceStop, s_defaultTimeout),
        (PhaseBeforeClusterShutdown, s_defaultTimeout),
        (PhaseClusterShardingShutdownRegion, s_longTimeout),
        (PhaseClusterLeave, s_defaultTimeout),
        (PhaseClusterExiting, s_longTimeout),
        (PhaseClusterExitingDone, s_defaultTimeout),
        (PhaseClusterShutdown, s_defaultTimeout),
        (PhaseBeforeActorSystemTerminate, s_defaultTimeout),
        (PhaseActorSystemTerminate, s_longTimeout),
    ];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<(string Name, Func<Task<Done>> Run)>> _tasks = new(StringComparer.Ordinal);
    private readonly ILoggingAdapter _log;
    private TaskCompletionSource<Done>? _run;

    internal CoordinatedShutdown(ExtendedActorSystem system)
    {
        System = system;
        _log = Logging.GetLogger(system, "CoordinatedShutdown");
        if (system.Settings.CoordinatedShutdownTerminateActorSystem)
        {
            AddTask(PhaseActorSystemTerminate, "terminate-system", TerminateSystem);
        }
    }

    /// <summary>Whose end this is about.</summary>
    public ExtendedActorSystem System { get; }

    /// <summary>Why the shutdown runs; null before it does.</summary>
    public Reason? ShutdownReason { get; private set; }

    /// <summary>The sum of all phases' timeouts.</summary>
    public TimeSpan TotalTimeout => s_phases.Aggregate(TimeSpan.Zero, (sum, phase) => sum + Timeout(phase.Name));

    /// <summary>The system's.</summary>
    public static CoordinatedShutdown Get(ActorSystem sys)
    {
        ArgumentNullException.ThrowIfNull(sys);
        return (CoordinatedShutdown)sys.RegisterExtension(new CoordinatedShutdownExtension());
    }

    /// <summary>Adds a task to a phase; also while earlier phases run.</summary>
    /// <exception cref="ArgumentException">There is no such phase, or the task has no name.</exception>
    public void AddTask(string phase, string taskName, Func<Task<Done>> task)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskName);
        ArgumentNullException.ThrowIfNull(task);
        if (!Array.Exists(s_phases, known => known.Name == phase))
        {
            throw new ArgumentException(
                $"Unknown phase [{phase}], known phases: [{string.Join(",", s_phases.Select(static known => known.Name))}]",
                nameof(phase)
            );
        }
        lock (_gate)
        {
            if (!_tasks.TryGetValue(phase, out var tasks))
            {
                _tasks.Add(phase, tasks = []);
            }
            tasks.Add((taskName, task));
        }
    }

    /// <summary>How long a phase may take.</summary>
    /// <exception cref="ArgumentException">There is no such phase.</exception>
    public TimeSpan Timeout(string phase)
    {
        var known = Array.Find(s_phases, candidate => candidate.Name == phase);
        if (known.Name is null)
        {
            throw new ArgumentException($"Unknown phase [{phase}]", nameof(phase));
        }
        return System.Settings.Config.GetTimeSpan($"akka.coordinated-shutdown.phases.{phase}.timeout", known.Timeout);
    }

    /// <summary>Runs the phases, from the first or a given one on. Whoever calls again gets the first call's task.</summary>
    /// <returns>Fails when a task failed or was late in a phase that must not be passed over (<c>recover = off</c>).</returns>
    public Task<Done> Run(Reason reason, string? fromPhase = null)
    {
        ArgumentNullException.ThrowIfNull(reason);
        var first = fromPhase is null ? 0 : Array.FindIndex(s_phases, phase => phase.Name == fromPhase);
        ArgumentOutOfRangeException.ThrowIfNegative(first, nameof(fromPhase));
        lock (_gate)
        {
            if (_run is not null)
            {
                return _run.Task;
            }
            _run = new TaskCompletionSource<Done>(TaskCreationOptions.RunContinuationsAsynchronously);
            ShutdownReason = reason;
        }
        // On the pool: whoever asks, perhaps an actor, must not run the tasks itself.
        _ = Task.Run(() => RunPhasesAsync(first, _run));
        return _run.Task;
    }

    private async Task RunPhasesAsync(int first, TaskCompletionSource<Done> run)
    {
        try
        {
            foreach (var (phase, _) in s_phases.AsSpan(first).ToArray())
            {
                await RunPhaseAsync(phase);
            }
            run.SetResult(Done.Instance);
        }
        catch (Exception cause)
        {
            run.SetException(cause);
        }
    }

    private async Task RunPhaseAsync(string phase)
    {
        var settings = $"akka.coordinated-shutdown.phases.{phase}";
        (string Name, Func<Task<Done>> Run)[] tasks;
        lock (_gate)
        {
            tasks = _tasks.TryGetValue(phase, out var added) ? [.. added] : [];
        }
        if (tasks.Length == 0 || !System.Settings.Config.GetBoolean(settings + ".enabled", true))
        {
            return;
        }
        var recover = System.Settings.Config.GetBoolean(settings + ".recover", true);
        _log.Debug("Performing phase [{0}] with [{1}] tasks.", phase, tasks.Length);
        var all = Task.WhenAll(tasks.Select(task => RunTaskAsync(phase, task.Name, task.Run, recover)));
        var timeout = Timeout(phase);
        using var cancelable = new Cancelable(System.Scheduler);
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        System.Scheduler.Advanced.ScheduleOnce(timeout, () => late.TrySetResult(), cancelable);
        if (await Task.WhenAny(all, late.Task) == all)
        {
            cancelable.Cancel();
            await all;
            return;
        }
        _log.Warning("Coordinated shutdown phase [{0}] timed out after {1}", phase, timeout);
        if (!recover)
        {
            throw new TimeoutException($"Coordinated shutdown phase [{phase}] timed out after {timeout}");
        }
    }

    private async Task RunTaskAsync(string phase, string name, Func<Task<Done>> run, bool recover)
    {
        try
        {
            await run();
        }
        catch (Exception cause) when (recover)
        {
            _log.Warning(cause, "Task [{0}] failed in phase [{1}]", name, phase);
        }
    }

    private async Task<Done> TerminateSystem()
    {
        ((Internal.ActorSystemImpl)System).FinalTerminate();
        await System.WhenTerminated;
        return Done.Instance;
    }

    /// <summary>Why a system is shut down; applications derive their own.</summary>
    public class Reason
    {
        /// <summary>For derived reasons.</summary>
        protected Reason() { }

        /// <inheritdoc/>
        public override string ToString() => GetType().Name;
    }

    /// <summary>Nobody said why.</summary>
    public class UnknownReason : Reason
    {
        /// <summary>The only one.</summary>
        public static readonly Reason Instance = new UnknownReason();

        private UnknownReason() { }
    }

    /// <summary><see cref="ActorSystem.Terminate"/> was called.</summary>
    public class ActorSystemTerminateReason : Reason
    {
        /// <summary>The only one.</summary>
        public static readonly Reason Instance = new ActorSystemTerminateReason();

        private ActorSystemTerminateReason() { }
    }

    /// <summary>The process ends.</summary>
    public class ClrExitReason : Reason
    {
        /// <summary>The only one.</summary>
        public static readonly Reason Instance = new ClrExitReason();

        private ClrExitReason() { }
    }

    /// <summary>The others took this member for dead.</summary>
    public class ClusterDowningReason : Reason
    {
        /// <summary>The only one.</summary>
        public static readonly Reason Instance = new ClusterDowningReason();

        private ClusterDowningReason() { }
    }

    /// <summary>This member leaves.</summary>
    public class ClusterLeavingReason : Reason
    {
        /// <summary>The only one.</summary>
        public static readonly Reason Instance = new ClusterLeavingReason();

        private ClusterLeavingReason() { }
    }

    /// <summary>This member could not join.</summary>
    public class ClusterJoinUnsuccessfulReason : Reason
    {
        /// <summary>The only one.</summary>
        public static readonly Reason Instance = new ClusterJoinUnsuccessfulReason();

        private ClusterJoinUnsuccessfulReason() { }
    }
}

/// <summary>Names and makes <see cref="CoordinatedShutdown"/>.</summary>
public sealed class CoordinatedShutdownExtension : ExtensionIdProvider<CoordinatedShutdown>
{
    /// <inheritdoc/>
    public override CoordinatedShutdown CreateExtension(ExtendedActorSystem system) => new(system);
}
