using Akka.Actor;
using Akka.Dispatch;

namespace Akka.Persistence;

/// <summary>How a message passes through a persistent actor once it has recovered: commands, and the journal's answers to writes.</summary>
public abstract partial class Eventsourced
{
    private readonly PendingEvents _pending = new();

    /// <summary>Commands that arrive while the actor recovers or waits for its events; apart from <see cref="Stash"/>, so that neither disturbs the other.</summary>
    private readonly IStash _commands = Context.CreateStash<Eventsourced>();
    private Phase _phase = Phase.Recovering;
    private bool _isTaskRunning;

    /// <summary>The highest number given to an event, stored or not yet.</summary>
    private long _sequenceNr;

    private enum Phase
    {
        /// <summary>Snapshot and events come; commands wait.</summary>
        Recovering,

        /// <summary>Commands are processed.</summary>
        Processing,

        /// <summary>Events must become durable and their handlers run first; commands wait.</summary>
        Persisting,
    }

    /// <inheritdoc/>
    protected override bool AroundReceive(Receive receive, object message)
    {
        if (message is JournalReply reply)
        {
            if (ReferenceEquals(reply.Asker, this))
            {
                Handle(reply);
            }

            return true;
        }

        if (_phase is not Phase.Processing)
        {
            _commands.Stash();
            return true;
        }

        var failed = true;
        try
        {
            var handled = base.AroundReceive(receive, message);
            failed = false;
            return handled;
        }
        finally
        {
            EndOfTurn(failed);
        }
    }

    /// <summary>Runs a task in the actor's context; no other message is processed until it ends.</summary>
    protected void RunTask(Func<Task> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        _isTaskRunning = true;
        ActorTaskScheduler.RunTask(async () =>
        {
            var failed = true;
            try
            {
                await action();
                failed = false;
            }
            finally
            {
                _isTaskRunning = false;
                EndOfTurn(failed);
            }
        });
    }

    private void Handle(JournalReply reply)
    {
        switch (reply)
        {
            case EventWritten written:
                LastSequenceNr = written.Event.SequenceNr;
                CallOldestHandler(written.Event.Payload);
                break;
            case DeferredReached deferred:
                CallOldestHandler(deferred.Event);
                break;
            case EventRejected rejected:
                LastSequenceNr = rejected.Event.SequenceNr;
                _pending.RemoveOldest();
                Reject(rejected);
                break;
            case BatchWritten:
                _pending.IsWriting = false;
                Flush();
                break;
            case BatchFailed failure:
                StopAfter(() => OnPersistFailure(failure.Cause, failure.First.Payload, failure.First.SequenceNr));
                break;
            default:
                HandleRecovery(reply);
                break;
        }
    }

    private void CallOldestHandler(object payload)
    {
        var failed = true;
        try
        {
            _pending.Oldest(payload);
            failed = false;
        }
        finally
        {
            _pending.RemoveOldest();
            EndOfTurn(failed);
        }
    }

    private void Reject(EventRejected rejected)
    {
        var failed = true;
        try
        {
            OnPersistRejected(rejected.Cause, rejected.Event.Payload, rejected.Event.SequenceNr);
            failed = false;
        }
        finally
        {
            EndOfTurn(failed);
        }
    }

    /// <summary>
    /// After every command and handler: gives new events to the journal, then lets the next command come or wait.
    /// After a failure all waiting commands go back to the mailbox, which the next instance takes over.
    /// </summary>
    private void EndOfTurn(bool failed)
    {
        Flush();
        if (_isTaskRunning)
        {
            return;
        }

        _phase = _pending.HoldsCommands ? Phase.Persisting : Phase.Processing;
        if (failed)
        {
            _commands.UnstashAll();
        }
        else if (_phase is Phase.Processing)
        {
            _commands.Unstash();
        }
    }

    private void Flush()
    {
        if (_pending.TakeBatch() is { } batch)
        {
            Journal.Write(batch);
        }
    }

    private void StopAfter(Action hook)
    {
        try
        {
            hook();
        }
        finally
        {
            Context.Stop(Self);
        }
    }
}
