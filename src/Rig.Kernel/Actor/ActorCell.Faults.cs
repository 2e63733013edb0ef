using Akka.Actor.Internal;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// Life and death of the instance: creation, failure, suspend, resume, restart and stop, in Akka's order. A restart or a stop
/// that must wait for children is split in two: the first half here, the second when the last of them is gone.
/// </summary>
internal sealed partial class ActorCell
{
    /// <summary>Who failed last: this actor itself, or the child whose failure it could not handle. Null when all is well.</summary>
    private IActorRef? _perpetrator;
    private Queue<SystemMessage>? _waitingSystemMessages;

    public bool IsTerminated => Mailbox.IsClosed;

    private bool IsFailed => _perpetrator is not null;

    private bool MustWait(SystemMessage message) =>
        _children is { IsWaitingToRestart: true } ? message.WaitsForChildren : Mailbox.IsSuspended && message.WaitsWhileFailed;

    private SystemMessage? NextReleased()
    {
        if (_waitingSystemMessages is null || !_waitingSystemMessages.TryPeek(out var next))
        {
            return null;
        }
        if (!IsTerminated)
        {
            return MustWait(next) ? null : _waitingSystemMessages.Dequeue();
        }
        while (_waitingSystemMessages.TryDequeue(out next))
        {
            ActorSystemImpl.DeadSystemMessage(next, Self);
        }
        return null;
    }

    private void CreateActor()
    {
        try
        {
            _actor = NewActor();
            _actor.AroundPreStart();
            _receiveTimeout?.AfterMessage();
            Debug($"started ({_actor})");
        }
        catch (Exception cause)
        {
            if (_actor is not null)
            {
                ClearActorFields(_actor);
                _actor = null;
            }
            throw cause as ActorInitializationException
                ?? new ActorInitializationException(Self, "Exception during creation", Unwrap(cause));
        }
    }

    private static Exception Unwrap(Exception cause) =>
        cause is global::System.Reflection.TargetInvocationException { InnerException: { } inner } ? inner : cause;

    private ActorBase NewActor()
    {
        _behavior = null;
        _stacked = null;
        var actor =
            Props.NewActor() ?? throw new ActorInitializationException(Self, "Actor instance passed to ActorOf can't be 'null'", null);
        actor.Attach(this);
        return actor;
    }

    private void ClearActorFields(ActorBase actor)
    {
        actor.Detach(Self);
        _behavior = null;
        _stacked = null;
        _currentMessage = null;
        _sender = null;
    }

    /// <summary>Suspends this actor and its children and leaves the decision to the parent.</summary>
    private void HandleInvokeFailure(Exception cause, IActorRef? failedChild = null, ChildRestartStats[]? doNotSuspend = null)
    {
        if (IsFailed || IsTerminated)
        {
            return;
        }
        try
        {
            Mailbox.Suspend();
            _perpetrator = failedChild ?? Self;
            foreach (var stats in ChildrenSnapshot())
            {
                if (!stats.Child.Equals(failedChild) && (doNotSuspend is null || Array.IndexOf(doNotSuspend, stats) < 0))
                {
                    stats.Child.SendSystemMessage(new Suspend());
                }
            }
            ((IInternalActorRef)_parent).SendSystemMessage(new Failed(Self, cause, Self.Path.Uid));
        }
        catch (Exception emergency)
        {
            PublishLog(new Error(emergency, Self.Path.ToString(), ActorType, "emergency stop: exception in failure handling"));
            FinishTerminate();
        }
    }

    private Type ActorType => _actor?.GetType() ?? Props.Type;

    private void FaultSuspend()
    {
        Mailbox.Suspend();
        foreach (var stats in ChildrenSnapshot())
        {
            stats.Child.SendSystemMessage(new Suspend());
        }
    }

    private void FaultResume(Exception? causedByFailure)
    {
        if (_actor is null)
        {
            FaultCreate();
            return;
        }
        if (_actor.IsDetached && causedByFailure is not null)
        {
            // It failed in the middle of a restart: there is nothing that could be resumed.
            FaultRecreate(causedByFailure);
            return;
        }
        var perpetrator = _perpetrator;
        Mailbox.Resume();
        if (causedByFailure is not null)
        {
            _perpetrator = null;
        }
        foreach (var stats in ChildrenSnapshot())
        {
            // Only the child that failed learns why, so that it alone is cleared of its failure.
            stats.Child.SendSystemMessage(new Resume(stats.Child.Equals(perpetrator) ? causedByFailure : null));
        }
    }

    /// <summary>The first instance could not be made and the supervisor wants another.</summary>
    private void FaultCreate()
    {
        _receiveTimeout?.Cancel();
        StopAllChildren();
        if (_children is null || !_children.SetReason(new SuspendReason.Creation()))
        {
            FinishCreate();
        }
    }

    private void FinishCreate()
    {
        Mailbox.Resume();
        _perpetrator = null;
        try
        {
            CreateActor();
        }
        catch (ActorInitializationException cause)
        {
            HandleInvokeFailure(cause);
        }
    }

    private void FaultRecreate(Exception cause)
    {
        if (_actor is not { } failedActor)
        {
            FaultCreate();
            return;
        }
        if (_children is { IsNormal: false })
        {
            // Already stopping: only keep the number of suspends right.
            FaultResume(null);
            return;
        }
        _receiveTimeout?.Cancel();
        var message = _currentMessage;
        try
        {
            if (!failedActor.IsDetached)
            {
                failedActor.AroundPreRestart(cause, message);
            }
        }
        catch (Exception thrown)
        {
            var wrapped = new PreRestartException(Self, thrown, cause, message);
            PublishLog(new Error(wrapped, Self.Path.ToString(), failedActor.GetType(), thrown.Message));
        }
        finally
        {
            _timers?.CancelAll();
            UnstashBeforeEnd();
            ClearActorFields(failedActor);
        }
        if (_children is null || !_children.SetReason(new SuspendReason.Recreation(cause)))
        {
            FinishRecreate(cause);
        }
    }

    private void FinishRecreate(Exception cause)
    {
        var survivors = ChildrenSnapshot();
        try
        {
            Mailbox.Resume();
            _perpetrator = null;
            _actor = NewActor();
            _actor.AroundPostRestart(cause, null!);
            Debug($"restarted ({_actor})");
            foreach (var stats in survivors)
            {
                stats.Child.SendSystemMessage(new Recreate(cause));
            }
            _receiveTimeout?.AfterMessage();
        }
        catch (Exception thrown)
        {
            if (_actor is not null)
            {
                ClearActorFields(_actor);
            }
            HandleInvokeFailure(new PostRestartException(Self, Unwrap(thrown), cause), doNotSuspend: survivors);
        }
    }

    private void Terminate()
    {
        _receiveTimeout?.Cancel();
        _receiveTimeout = null;
        UnwatchAll();
        var wasTerminating = _children is { IsTerminating: true };
        if (!BeginChildrenTermination())
        {
            FinishTerminate();
        }
        else if (!wasTerminating)
        {
            Mailbox.Suspend();
            // From now on failures are not the supervisor's business any more.
            _perpetrator = Self;
            Debug("stopping");
        }
    }

    private void FinishTerminate()
    {
        var actor = _actor;
        try
        {
            actor?.AroundPostStop();
        }
        catch (Exception thrown)
        {
            PublishLog(new Error(thrown, Self.Path.ToString(), ActorType, thrown.Message));
        }
        _timers?.CancelAll();
        _receiveTimeout?.Cancel();
        UnstashBeforeEnd();
        Mailbox.Close();
        if (_parent is IInternalActorRef parent)
        {
            parent.SendSystemMessage(new DeathWatchNotification(Self, existenceConfirmed: true, addressTerminated: false));
        }
        TellWatchersWeDied();
        UnwatchAll();
        Debug("stopped");
        if (actor is not null)
        {
            ClearActorFields(actor);
            _actor = null;
        }
    }

    private void HandleFailure(Failed failed)
    {
        if (_children is null || !_children.TryGetByRef(failed.Child, out var stats) || stats!.Child.Path.Uid != failed.Uid)
        {
            Debug($"dropping {failed.GetType().Name} from unknown child {failed.Child}");
            return;
        }
        var strategy = _actor?.CurrentSupervisorStrategy ?? SupervisorStrategy.DefaultStrategy;
        try
        {
            if (!strategy.HandleFailure(this, failed.Child, failed.Cause, stats, ChildrenSnapshot()))
            {
                HandleInvokeFailure(failed.Cause, failed.Child);
            }
        }
        catch (Exception inDecider)
        {
            HandleInvokeFailure(inDecider, failed.Child);
        }
    }
}
