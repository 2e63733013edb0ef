using System.Collections.Concurrent;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor.Internal;

/// <summary>The system: the top of the tree, what lies outside of it, and how it ends.</summary>
internal sealed class ActorSystemImpl : ExtendedActorSystem
{
    private readonly RootSupervisor _rootSupervisor;
    private readonly LocalActorRef _root;
    private readonly LocalActorRef _user;
    private readonly LocalActorRef _system;
    private readonly ConcurrentDictionary<Type, Lazy<object>> _extensions = new();
    private readonly ConcurrentDictionary<string, IInternalActorRef> _temporary = new(StringComparer.Ordinal);
    private readonly ConcurrentStack<Action> _onTermination = new();
    private long _lastUid;
    private long _nextTemporaryName;

    public ActorSystemImpl(string name, Config config, TimeProvider clock)
    {
        if (string.IsNullOrEmpty(name) || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') || name[0] is '-' or '_')
        {
            throw new ArgumentException(
                $"Invalid ActorSystem name [{name}], must contain only word characters (i.e. [a-zA-Z0-9] plus non-leading '-' or '_')",
                nameof(name)
            );
        }
        Name = name;
        Clock = clock;
        RootPath = new RootActorPath(new Address("akka", name));
        Settings = new Settings(this, config);
        DebugLifecycle = Settings.DebugLifecycle;
        Dispatcher = new Dispatcher(config);
        EventStream = new EventStream(debug: false);
        EventStream.SetLogLevel(Logging.LogLevelFor(Settings.LogLevel));
        EventStream.StartUnsubscriber(this);
        Log = Logging.GetLogger(EventStream, $"ActorSystem({name})");
        Scheduler = CreateScheduler();
        StartTime = Scheduler.MonotonicClock;
        DeadLetters = new DeadLetterActorRef(this, RootPath / "deadLetters");
        _rootSupervisor = new RootSupervisor(this);
        _root = new LocalActorRef(this, Props.Create<RootGuardian>(), _rootSupervisor, RootPath);
        var strategy = SupervisorStrategyConfigurator.CreateConfigurator(Settings.SupervisorStrategyClass).Create();
        _user = _root.Cell.AddChild(Props.Create<GuardianActor>(strategy), "user");
        _system = _root.Cell.AddChild(Props.Create<GuardianActor>(), "system");
        WhenTerminated = FinishAsync();
    }

    public override string Name { get; }
    public override Settings Settings { get; }
    public override IScheduler Scheduler { get; }
    public override EventStream EventStream { get; }
    public override IActorRef DeadLetters { get; }
    public override ILoggingAdapter Log { get; }
    public override Task WhenTerminated { get; }

    /// <summary>For what does not go by the scheduler: the timeouts of questions, as in Akka.NET.</summary>
    public TimeProvider Clock { get; }
    public RootActorPath RootPath { get; }
    public Dispatcher Dispatcher { get; }
    public bool DebugLifecycle { get; }
    public LocalActorRef Root => _root;

    /// <summary>How many questions wait for their answers.</summary>
    public int TemporaryActors => _temporary.Count;

    /// <summary>Starts what runs from the beginning: guardians, loggers, coordinated shutdown.</summary>
    public void Start()
    {
        _root.Start();
        _root.Tell(new RootGuardian.WatchGuardian(_user), ActorRefs.NoSender);
        _root.Tell(new RootGuardian.WatchGuardian(_system), ActorRefs.NoSender);
        StartLoggers();
        if (Settings.LogDeadLetters > 0)
        {
            SystemActorOf(Props.Create<DeadLetterListener>(Settings.LogDeadLetters), "deadLetterListener");
        }
        CoordinatedShutdown.Get(this);
    }

    public long NextUid() => Interlocked.Increment(ref _lastUid);

    public override IActorRef ActorOf(Props props, string? name = null) => _user.Cell.ActorOf(props, name);

    public override IActorRef SystemActorOf(Props props, string? name = null) => _system.Cell.ActorOf(props, name);

    public override IActorRef SystemActorOf<TActor>(string? name = null) => SystemActorOf(Props.Create<TActor>(), name);

    public override ActorSelection ActorSelection(ActorPath actorPath) => ActorRefFactoryShared.ActorSelection(actorPath, this);

    public override ActorSelection ActorSelection(string actorPath) => ActorRefFactoryShared.ActorSelection(actorPath, this, _user);

    public override void Stop(IActorRef actor)
    {
        if (actor is IInternalActorRef reference)
        {
            reference.Stop();
        }
    }

    public override Task Terminate()
    {
        if (Settings.CoordinatedShutdownRunByActorSystemTerminate)
        {
            _ = CoordinatedShutdown.Get(this).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance);
        }
        else
        {
            FinalTerminate();
        }
        return WhenTerminated;
    }

    /// <summary>Stops the tree, from <c>/user</c> on.</summary>
    public void FinalTerminate() => _user.Stop();

    public override void RegisterOnTermination(Action code) => _onTermination.Push(code);

    public override object RegisterExtension(IExtensionId extension)
    {
        ArgumentNullException.ThrowIfNull(extension);
        return _extensions.GetOrAdd(extension.ExtensionType, _ => new Lazy<object>(() => extension.CreateExtension(this))).Value;
    }

    public override object GetExtension(IExtensionId extensionId) => RegisterExtension(extensionId);

    public override T? GetExtension<T>()
        where T : class => TryGetExtension<T>(out var extension) ? extension : null;

    public override bool HasExtension(Type type) => _extensions.ContainsKey(type);

    public override bool HasExtension<T>() => HasExtension(typeof(T));

    public override bool TryGetExtension(Type extensionType, out object? extension)
    {
        var found = _extensions.TryGetValue(extensionType, out var lazy);
        extension = lazy?.Value;
        return found;
    }

    public override bool TryGetExtension<T>(out T? extension)
        where T : class
    {
        var found = TryGetExtension(typeof(T), out var value);
        extension = value as T;
        return found;
    }

    /// <summary>Publishes a message whose receiver is gone.</summary>
    public void DeadLetter(object message, IActorRef? sender, IActorRef recipient)
    {
        switch (message)
        {
            case TimerMessage:
                break;
            // A subscriber of dead letters that is gone itself: telling the event stream would come back here for ever.
            case AllDeadLetters:
                break;
            case Identify identify:
                sender?.Tell(new ActorIdentity(identify.MessageId, null), recipient);
                break;
            case IDeadLetterSuppression suppressed:
                EventStream.Publish(new SuppressedDeadLetter(suppressed, sender ?? DeadLetters, recipient));
                break;
            default:
                EventStream.Publish(new DeadLetter(message, sender ?? DeadLetters, recipient));
                break;
        }
    }

    /// <summary>Does for an actor that is gone what it cannot do itself: tells a watcher, runs the rest of a handler.</summary>
    public static void DeadSystemMessage(SystemMessage message, IActorRef recipient)
    {
        switch (message)
        {
            case Watch watch:
                watch.Watcher.SendSystemMessage(new DeathWatchNotification(recipient, existenceConfirmed: false, addressTerminated: false));
                break;
            case ActorTask task when recipient is LocalActorRef local:
                local.Cell.TaskScheduler.RunOutside(task.Task);
                break;
        }
    }

    /// <summary>Registers a reference that waits for an answer under a name below <c>/temp</c>.</summary>
    public ActorPath NewTemporaryPath() => RootPath / "temp" / GeneratedName.Of(Interlocked.Increment(ref _nextTemporaryName) - 1);

    public void RegisterTemporary(IInternalActorRef actor) => _temporary[actor.Path.Name] = actor;

    public void UnregisterTemporary(ActorPath path) => _temporary.TryRemove(path.Name, out _);

    public IActorRef? FindTemporary(string name) => _temporary.GetValueOrDefault(name);

    public override string ToString() => RootPath.Address.ToString();

    private IScheduler CreateScheduler()
    {
        if (Settings.SchedulerClass.Length == 0)
        {
            return new HeapScheduler(Clock, thrown => Log.Error(thrown, "A scheduled action has failed"));
        }
        var type = TypeNames.Resolve(Settings.SchedulerClass);
        return type is not null && Activator.CreateInstance(type, Settings.Config, Log) is IScheduler scheduler
            ? scheduler
            : throw new ConfigurationException($"akka.scheduler.implementation: no scheduler {Settings.SchedulerClass}");
    }

    private void StartLoggers()
    {
        foreach (var name in Settings.Loggers)
        {
            var type = TypeNames.Resolve(name) ?? throw new ConfigurationException($"akka.loggers: no logger {name}");
            var logger = SystemActorOf(Props.Create(type), $"log{NextUid()}-{type.Name}");
            logger.Tell(new InitializeLogger(EventStream), ActorRefs.NoSender);
            for (var level = EventStream.LogLevel; level <= LogLevel.ErrorLevel; level++)
            {
                EventStream.Subscribe(logger, level.ClassFor());
            }
        }
    }

    private async Task FinishAsync()
    {
        await _rootSupervisor.Terminated;
        while (_onTermination.TryPop(out var callback))
        {
            try
            {
                callback();
            }
            catch (Exception thrown)
            {
                Log.Error(thrown, "A termination callback has failed");
            }
        }
        (Scheduler as IDisposable)?.Dispose();
    }
}
