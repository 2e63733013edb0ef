using Akka.Actor.Internal;
using Akka.Dispatch;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// One actor's state inside the kernel: instance, behaviours, mailbox, and through the other files of this class its children,
/// watches and faults. All of it belongs to the thread that runs the mailbox, except where a member says otherwise.
/// </summary>
internal sealed partial class ActorCell : IUntypedActorContext
{
    private readonly IActorRef _parent;
    private ActorBase? _actor;
    private Receive? _behavior;

    /// <summary>Behaviours under the topmost; made when first stacked.</summary>
    private Stack<Receive>? _stacked;
    private IActorRef? _sender;
    private object? _currentMessage;
    private ActorTaskScheduler? _taskScheduler;
    private ReceiveTimeoutState? _receiveTimeout;
    private TimerScheduler? _timers;

    public ActorCell(ActorSystemImpl system, LocalActorRef self, Props props, IActorRef parent)
    {
        SystemImpl = system;
        LocalSelf = self;
        Props = props;
        _parent = parent;
        Mailbox = new Mailbox(this);
        Mailbox.SystemEnqueue(new Create());
    }

    public ActorSystemImpl SystemImpl { get; }
    public LocalActorRef LocalSelf { get; }
    public Mailbox Mailbox { get; }
    public Props Props { get; }
    public IActorRef Self => LocalSelf;
    public IActorRef Sender => _sender ?? SystemImpl.DeadLetters;
    public IActorRef Parent => _parent;
    public ActorSystem System => SystemImpl;
    public object? CurrentMessage => _currentMessage;

    /// <summary>The message being processed as it must be stashed: with the sender as it came.</summary>
    public Envelope CurrentEnvelope => new(_currentMessage!, _sender);

    /// <summary>The live instance; null before creation, between instances and after the end.</summary>
    public ActorBase? Instance => _actor;

    public ActorTaskScheduler TaskScheduler => _taskScheduler ??= new ActorTaskScheduler(this);

    public ITimerScheduler Timers => _timers ??= new TimerScheduler(this);

    /// <summary>Any thread.</summary>
    public void SendMessage(in Envelope envelope)
    {
        if (!Mailbox.Enqueue(envelope))
        {
            SystemImpl.DeadLetter(envelope.Message, envelope.Sender, Self);
        }
    }

    /// <summary>Any thread.</summary>
    public void SendSystemMessage(SystemMessage message)
    {
        if (Mailbox.SystemEnqueue(message))
        {
            Mailbox.TrySchedule();
        }
        else
        {
            ActorSystemImpl.DeadSystemMessage(message, Self);
        }
    }

    public void Become(Receive receive)
    {
        ArgumentNullException.ThrowIfNull(receive);
        _behavior = receive;
    }

    public void BecomeStacked(Receive receive)
    {
        ArgumentNullException.ThrowIfNull(receive);
        if (_behavior is not null)
        {
            (_stacked ??= new Stack<Receive>()).Push(_behavior);
        }
        _behavior = receive;
    }

    public void UnbecomeStacked()
    {
        if (_stacked is { Count: > 0 })
        {
            _behavior = _stacked.Pop();
        }
    }

    void IUntypedActorContext.Become(UntypedReceive receive) => Become(ToReceive(receive));

    void IUntypedActorContext.BecomeStacked(UntypedReceive receive) => BecomeStacked(ToReceive(receive));

    public ActorSelection ActorSelection(ActorPath actorPath) => ActorRefFactoryShared.ActorSelection(actorPath, SystemImpl);

    public ActorSelection ActorSelection(string actorPath) => ActorRefFactoryShared.ActorSelection(actorPath, SystemImpl, Self);

    /// <summary>Processes one user message; whatever the actor throws goes to its supervisor.</summary>
    public void Invoke(in Envelope envelope)
    {
        _currentMessage = envelope.Message;
        _sender = envelope.Sender;
        IsStashed = false;
        _receiveTimeout?.BeforeMessage(envelope.Message);
        try
        {
            if (envelope.Message is IAutoReceivedMessage automatic)
            {
                AutoReceive(automatic);
            }
            else if (envelope.Message is not TimerMessage timer)
            {
                ReceiveMessage(envelope.Message);
            }
            else if (timer.Owner.TryOpen(timer, this))
            {
                _currentMessage = timer.Message;
                if (timer.Message is IAutoReceivedMessage inner)
                {
                    AutoReceive(inner);
                }
                else
                {
                    ReceiveMessage(timer.Message);
                }
            }
        }
        catch (Exception cause)
        {
            HandleInvokeFailure(cause);
        }
        if (!Mailbox.IsAwaitingTask)
        {
            _receiveTimeout?.AfterMessage();
        }
    }

    /// <summary>Processes one system message and whatever it releases from the stash of system messages.</summary>
    public void SystemInvoke(SystemMessage message)
    {
        for (var current = message; current is not null; current = NextReleased())
        {
            if (MustWait(current))
            {
                (_waitingSystemMessages ??= new Queue<SystemMessage>()).Enqueue(current);
                continue;
            }
            try
            {
                Handle(current);
            }
            catch (Exception cause)
            {
                HandleInvokeFailure(cause);
            }
        }
    }

    /// <summary>Forgets the last message, which an idle actor must not keep alive.</summary>
    public void EndRun()
    {
        if (!Mailbox.IsAwaitingTask && !IsFailed)
        {
            _currentMessage = null;
            _sender = null;
        }
    }

    /// <summary>The task that suspended the mailbox has ended; its exception counts like one of the handler itself.</summary>
    public void EndTask(Exception? exception)
    {
        if (exception is not null && !IsTerminated)
        {
            HandleInvokeFailure(exception);
        }
        Mailbox.EndTask();
        _receiveTimeout?.AfterMessage();
    }

    public void PublishLog(LogEvent logEvent) => SystemImpl.EventStream.Publish(logEvent);

    public void Debug(string message)
    {
        if (SystemImpl.DebugLifecycle)
        {
            PublishLog(new Debug(Self.Path.ToString(), Props.Type, message));
        }
    }

    private void ReceiveMessage(object message)
    {
        var actor = _actor ?? throw new IllegalActorStateException("The actor has no instance");
        actor.AroundReceiveInternal(_behavior!, message);
    }

    private void AutoReceive(IAutoReceivedMessage message)
    {
        switch (message)
        {
            case Terminated terminated:
                ReceivedTerminated(terminated);
                break;
            case Kill:
                throw new ActorKilledException("Kill");
            case PoisonPill:
                LocalSelf.Stop();
                break;
            case Identify identify:
                Sender.Tell(new ActorIdentity(identify.MessageId, Self), Self);
                break;
            default:
                ReceiveMessage(message);
                break;
        }
    }

    private void Handle(SystemMessage message)
    {
        switch (message)
        {
            case ActorTask task:
                TaskScheduler.Run(task.Task);
                break;
            case Create:
                CreateActor();
                break;
            case Dispatch.SysMsg.Watch watch:
                AddWatcher(watch.Watchee, watch.Watcher);
                break;
            case Dispatch.SysMsg.Unwatch unwatch:
                RemoveWatcher(unwatch.Watchee, unwatch.Watcher);
                break;
            case DeathWatchNotification death:
                WatchedActorTerminated(death);
                break;
            case Failed failed:
                HandleFailure(failed);
                break;
            case Recreate recreate:
                FaultRecreate(recreate.Cause);
                break;
            case Suspend:
                FaultSuspend();
                break;
            case Resume resume:
                FaultResume(resume.CausedByFailure);
                break;
            case Dispatch.SysMsg.Terminate:
                Terminate();
                break;
            default:
                throw new NotSupportedException($"Unknown system message {message.GetType().Name}");
        }
    }

    private static Receive ToReceive(UntypedReceive receive)
    {
        ArgumentNullException.ThrowIfNull(receive);
        return message =>
        {
            receive(message);
            return true;
        };
    }
}
