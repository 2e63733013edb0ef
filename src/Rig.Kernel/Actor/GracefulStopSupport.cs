using Akka.Actor.Internal;
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>Waiting, outside of actors, for an actor's end.</summary>
public static class GracefulStopSupport
{
    /// <summary>Sends <see cref="PoisonPill"/> and waits.</summary>
    /// <returns>True when the actor has stopped; cancelled when it has not in time.</returns>
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout) => target.GracefulStop(timeout, PoisonPill.Instance);

    /// <summary>Sends a message that makes the actor stop, and waits.</summary>
    /// <returns>True when the actor has stopped; cancelled when it has not in time.</returns>
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout, object stopMessage)
    {
        ArgumentNullException.ThrowIfNull(target);
        var watcher = new WatchingRef((IInternalActorRef)target);
        var stopped = watcher.Begin();
        target.Tell(stopMessage, ActorRefs.NoSender);
        return watcher.EndWith(stopped, timeout);
    }

    /// <summary>Watches from outside of actors; the watch is taken back when the waiting ends.</summary>
    internal sealed class WatchingRef : InternalActorRef
    {
        private readonly IInternalActorRef _target;
        private readonly TaskCompletionSource<bool> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public WatchingRef(IInternalActorRef target)
        {
            _target = target;
            SystemImpl = target.SystemImpl;
            Path = SystemImpl?.NewTemporaryPath() ?? target.Path;
        }

        public override ActorPath Path { get; }

        public override ActorSystemImpl? SystemImpl { get; }

        public Task<bool> Begin()
        {
            _target.SendSystemMessage(new Watch(_target, this));
            return _result.Task;
        }

        public async Task<bool> EndWith(Task<bool> stopped, TimeSpan timeout, CancellationToken cancellationToken = default)
        {
            try
            {
                return await stopped.WaitAsync(timeout, SystemImpl?.Clock ?? TimeProvider.System, cancellationToken);
            }
            catch (TimeoutException late)
            {
                throw new TaskCanceledException($"{_target} did not stop within {timeout}", late);
            }
            finally
            {
                _target.SendSystemMessage(new Unwatch(_target, this));
            }
        }

        public override void SendSystemMessage(SystemMessage message)
        {
            if (message is DeathWatchNotification)
            {
                _result.TrySetResult(true);
            }
        }
    }
}

/// <summary>Waiting, outside of actors, for an actor's end without asking for it.</summary>
public static class WatchAsyncSupport
{
    /// <returns>True when the actor has stopped, false when the token was cancelled before.</returns>
    public static async Task<bool> WatchAsync(this IActorRef target, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        var watcher = new GracefulStopSupport.WatchingRef((IInternalActorRef)target);
        try
        {
            return await watcher.EndWith(watcher.Begin(), Timeout.InfiniteTimeSpan, token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
