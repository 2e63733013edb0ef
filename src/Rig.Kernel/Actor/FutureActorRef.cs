using Akka.Actor.Internal;

namespace Akka.Actor;

/// <summary>
/// The sender of a question: completes a task with the first answer. It is registered below <c>/temp</c> exactly as long as
/// the task is not done, whatever ends it.
/// </summary>
internal sealed class FutureActorRef<T> : InternalActorRef, IDisposable
{
    private readonly ActorSystemImpl _system;
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _timeout;
    private CancellationTokenRegistration _onTimeout;
    private CancellationTokenRegistration _onCancel;

    public FutureActorRef(ActorSystemImpl system)
    {
        _system = system;
        Path = system.NewTemporaryPath();
    }

    public override ActorPath Path { get; }

    public override ActorSystemImpl SystemImpl => _system;

    /// <summary>Registers, and arms what may end the waiting.</summary>
    public Task<T> Begin(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        _system.RegisterTemporary(this);
        var wait = timeout ?? _system.Settings.AskTimeout;
        if (wait > TimeSpan.Zero)
        {
            _timeout = new CancellationTokenSource(wait, _system.Clock);
            _onTimeout = _timeout.Token.UnsafeRegister(
                static state =>
                {
                    var (self, wait) = ((FutureActorRef<T>, TimeSpan))state!;
                    self.End(self._result.TrySetException(new AskTimeoutException($"Timeout after {wait} seconds")));
                },
                (this, wait)
            );
        }
        _onCancel = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var self = (FutureActorRef<T>)state!;
                self.End(self._result.TrySetCanceled(token));
            },
            this
        );
        if (_result.Task.IsCompleted)
        {
            // It was cancelled before the registrations were stored, so that the ending could not take them back.
            Dispose();
        }
        return _result.Task;
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        var accepted = message switch
        {
            T answer => _result.TrySetResult(answer),
            Status.Failure failure => _result.TrySetException(
                failure.Cause ?? new TaskCanceledException("Task cancelled by actor via Failure message.")
            ),
            _ => _result.TrySetException(
                new ArgumentException(
                    $"Received message of type [{message.GetType()}] - Ask expected message of type [{typeof(T)}]",
                    nameof(message)
                )
            ),
        };
        End(accepted);
        if (!accepted)
        {
            _system.DeadLetter(message, sender, this);
        }
    }

    private void End(bool ended)
    {
        if (ended)
        {
            _system.UnregisterTemporary(Path);
            Dispose();
        }
    }

    /// <summary>Takes back what may end the waiting.</summary>
    public void Dispose()
    {
        _onCancel.Unregister();
        _onTimeout.Unregister();
        _timeout?.Dispose();
    }
}
