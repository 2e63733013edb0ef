using Akka.Dispatch.SysMsg;

namespace Akka.Actor.Internal;

/// <summary>Above the root: completes a task when the root has stopped, and stops it when it fails.</summary>
internal sealed class RootSupervisor(ActorSystemImpl system) : InternalActorRef
{
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Terminated => _terminated.Task;

    public override ActorPath Path => system.RootPath;

    public override ActorSystemImpl SystemImpl => system;

    public override void SendSystemMessage(SystemMessage message)
    {
        switch (message)
        {
            case Failed failed:
                ((IInternalActorRef)failed.Child).Stop();
                break;
            case DeathWatchNotification:
                _terminated.TrySetResult();
                break;
        }
    }
}

/// <summary>
/// <c>/</c>: holds <c>/user</c> and <c>/system</c> and stops them in this order, whether because the system ends or because
/// the user guardian has failed.
/// </summary>
internal sealed class RootGuardian : ActorBase
{
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case WatchGuardian watch:
                Context.Watch(watch.Guardian);
                return true;
            case Terminated { ActorRef.Path.Name: "user" }:
                Context.Stop(Context.Child("system"));
                return true;
            case Terminated:
                Context.Stop(Self);
                return true;
            default:
                return false;
        }
    }

    protected override SupervisorStrategy SupervisorStrategy() => Actor.SupervisorStrategy.StoppingStrategy;

    public sealed record WatchGuardian(IActorRef Guardian);
}

/// <summary><c>/user</c> and <c>/system</c>: parents that do nothing but supervise.</summary>
internal sealed class GuardianActor : ActorBase
{
    protected override bool Receive(object message) => false;

    /// <summary>Children of a guardian are none of its own making: a restart leaves them alone.</summary>
    protected override void PreRestart(Exception reason, object? message) { }
}
