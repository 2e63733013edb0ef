using System.Runtime.ExceptionServices;
using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Dispatch.SysMsg;

namespace Akka.Dispatch;

/// <summary>
/// Runs the tasks of one actor, one at a time, inside the actor: what follows an <c>await</c> in a handler finds the actor's
/// context as it was. Each continuation is a system message, since user messages wait until the handler has ended.
/// </summary>
public class ActorTaskScheduler : TaskScheduler
{
    private readonly ActorCell _cell;

    internal ActorTaskScheduler(ActorCell cell) => _cell = cell;

    /// <summary>The message whose handler is running.</summary>
    public object? CurrentMessage => _cell.CurrentMessage;

    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Runs an action as a task of the current actor, which takes no user message until it is done.</summary>
    /// <exception cref="InvalidOperationException">Not called from inside an actor.</exception>
    public static void RunTask(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        RunTask(() =>
        {
            action();
            return Task.CompletedTask;
        });
    }

    /// <summary>Runs an asynchronous action as a task of the current actor, which takes no user message until it is done.</summary>
    /// <exception cref="InvalidOperationException">Not called from inside an actor.</exception>
    public static void RunTask(Func<Task> asyncAction)
    {
        ArgumentNullException.ThrowIfNull(asyncAction);
        var cell =
            InternalCurrentActorCellKeeper.Current ?? throw new InvalidOperationException("RunTask must be called from an actor context.");
        cell.Mailbox.BeginTask();
        var outer = new Task<Task>(asyncAction);
        outer.RunSynchronously(cell.TaskScheduler);
        var running = outer.Unwrap();
        if (running.IsCompleted)
        {
            cell.Mailbox.EndTask();
            if (ExceptionOf(running) is { } thrown)
            {
                ExceptionDispatchInfo.Throw(thrown);
            }
            return;
        }
        _ = running.ContinueWith(
            static (ended, state) => ((ActorCell)state!).EndTask(ExceptionOf(ended)),
            cell,
            CancellationToken.None,
            TaskContinuationOptions.None,
            cell.TaskScheduler
        );
    }

    /// <summary>
    /// Runs a continuation of an actor that is gone. Nobody else touches its state any more, and what the handler holds must be
    /// released.
    /// </summary>
    internal void RunOutside(Task task) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            static work => work.Scheduler.TryExecuteTask(work.Task),
            (Scheduler: this, Task: task),
            preferLocal: false
        );

    internal void Run(Task task) => TryExecuteTask(task);

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks() => [];

    /// <inheritdoc/>
    protected override void QueueTask(Task task)
    {
        if (!_cell.Mailbox.SystemEnqueue(new ActorTask(task)))
        {
            RunOutside(task);
            return;
        }
        _cell.Mailbox.TrySchedule();
    }

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(InternalCurrentActorCellKeeper.Current, _cell) && TryExecuteTask(task);

    private static Exception? ExceptionOf(Task task) =>
        task switch
        {
            { IsFaulted: true } => task.Exception is { InnerExceptions.Count: 1 } single ? single.InnerException : task.Exception,
            { IsCanceled: true } => new TaskCanceledException(task),
            _ => null,
        };
}
