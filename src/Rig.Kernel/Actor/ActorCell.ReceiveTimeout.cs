namespace Akka.Actor;

/// <summary>The receive timeout: a scheduled message that every message which counts as activity puts off.</summary>
internal sealed partial class ActorCell
{
    public TimeSpan? ReceiveTimeout => _receiveTimeout?.Timeout;

    public void SetReceiveTimeout(TimeSpan? timeout)
    {
        if (timeout is { } given)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(given, TimeSpan.Zero, nameof(timeout));
        }
        _receiveTimeout?.Cancel();
        _receiveTimeout = timeout is { } set ? new ReceiveTimeoutState(this, set) : null;
        // Outside of a message (PreStart, a task's continuation) nobody else would start it.
        _receiveTimeout?.AfterMessage();
    }

    private sealed class ReceiveTimeoutState(ActorCell cell, TimeSpan timeout)
    {
        private ICancelable? _pending;

        public TimeSpan Timeout => timeout;

        public void BeforeMessage(object message)
        {
            if (message is not INotInfluenceReceiveTimeout)
            {
                Cancel();
            }
        }

        public void AfterMessage() =>
            _pending ??= cell.SystemImpl.Scheduler.ScheduleTellOnceCancelable(timeout, cell.Self, Actor.ReceiveTimeout.Instance, cell.Self);

        public void Cancel()
        {
            _pending?.Cancel();
            _pending = null;
        }
    }
}
