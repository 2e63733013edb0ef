using Akka.Actor;
using Akka.Event;
using Rig.Kernel.Storage;

namespace Akka.Persistence;

/// <summary>
/// An actor whose state is the sum of its events. It changes its state only in handlers that run once an event is durable;
/// after a restart it gets its latest snapshot and the events after it again. This file: what an actor may call and override.
/// How messages pass through is in the other files of this class.
/// </summary>
public abstract partial class Eventsourced : ActorBase, IWithUnboundedStash
{
    private ILoggingAdapter? _log;

    /// <summary>Names the actor's events in the journal. Unique in the system and the same after every restart.</summary>
    public abstract string PersistenceId { get; }

    /// <summary>From where the actor recovers; asked once at each start.</summary>
    public virtual Recovery Recovery => Recovery.Default;

    /// <summary>True from start until <see cref="RecoveryCompleted"/> is handed over.</summary>
    public bool IsRecovering => _phase is Phase.Recovering;

    /// <summary>The opposite of <see cref="IsRecovering"/>.</summary>
    public bool IsRecoveryFinished => !IsRecovering;

    /// <summary>The number of the last event that was replayed or whose handler has been called.</summary>
    public long LastSequenceNr { get; private set; }

    /// <summary>The number that a snapshot taken now would have.</summary>
    public long SnapshotSequenceNr => LastSequenceNr;

    /// <summary>The id under which snapshots are stored.</summary>
    public string SnapshotterId => PersistenceId;

    /// <inheritdoc/>
    public IStash Stash { get; set; } = null!;

    /// <summary>Logs under the actor's path.</summary>
    protected virtual ILoggingAdapter Log => _log ??= Context.GetLogger();

    /// <summary>Makes an event durable, then calls the handler. No command is processed before the handler has run.</summary>
    /// <exception cref="InvalidOperationException">The actor is recovering.</exception>
    public void Persist<TEvent>(TEvent @event, Action<TEvent> handler) => PersistAtomically([@event], handler, holdsCommands: true);

    /// <summary>Makes several events durable together, then calls the handler for each. No command is processed before the last of these calls.</summary>
    /// <inheritdoc cref="Persist"/>
    public void PersistAll<TEvent>(IEnumerable<TEvent> events, Action<TEvent> handler) =>
        PersistAtomically(events, handler, holdsCommands: true);

    /// <summary>As <see cref="Persist"/>, but commands that arrive meanwhile are processed.</summary>
    /// <inheritdoc cref="Persist"/>
    public void PersistAsync<TEvent>(TEvent @event, Action<TEvent> handler) => PersistAtomically([@event], handler, holdsCommands: false);

    /// <summary>As <see cref="PersistAll"/>, but commands that arrive meanwhile are processed.</summary>
    /// <inheritdoc cref="Persist"/>
    public void PersistAllAsync<TEvent>(IEnumerable<TEvent> events, Action<TEvent> handler) =>
        PersistAtomically(events, handler, holdsCommands: false);

    /// <summary>
    /// Calls the handler after the handlers of all events persisted so far, without storing anything; at once when none waits.
    /// </summary>
    /// <exception cref="InvalidOperationException">The actor is recovering.</exception>
    public void DeferAsync<TEvent>(TEvent evt, Action<TEvent> handler)
    {
        ArgumentNullException.ThrowIfNull(evt);
        ArgumentNullException.ThrowIfNull(handler);
        ThrowIfRecovering();
        if (_pending.IsEmpty)
        {
            handler(evt);
            return;
        }

        _pending.AddHandler(stored => handler((TEvent)stored), holdsCommands: false);
        _pending.Add(new BatchEntry.Deferred(evt, Sender));
    }

    /// <summary>Stores the state up to the last event. Answered with <see cref="SaveSnapshotSuccess"/> or <see cref="SaveSnapshotFailure"/>.</summary>
    /// <param name="snapshot">Immutable, of a type that is registered for the journal.</param>
    public void SaveSnapshot(object snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var metadata = new SnapshotMetadata(SnapshotterId, SnapshotSequenceNr, Context.System.Scheduler.Now.UtcDateTime);
        Journal.SaveSnapshot(metadata, snapshot);
    }

    /// <summary>Deletes the snapshot of this number. Answered with <see cref="DeleteSnapshotSuccess"/> or <see cref="DeleteSnapshotFailure"/>.</summary>
    public void DeleteSnapshot(long sequenceNr) =>
        Journal.DeleteSnapshot(new SnapshotMetadata(SnapshotterId, sequenceNr, DateTime.MinValue));

    /// <summary>Deletes snapshots. Answered with <see cref="DeleteSnapshotsSuccess"/> or <see cref="DeleteSnapshotsFailure"/>.</summary>
    public void DeleteSnapshots(SnapshotSelectionCriteria criteria)
    {
        ArgumentNullException.ThrowIfNull(criteria);
        Journal.DeleteSnapshots(criteria);
    }

    /// <summary>
    /// Deletes the events up to and including a number, or all with <see cref="long.MaxValue"/>. Answered with
    /// <see cref="DeleteMessagesSuccess"/> or <see cref="DeleteMessagesFailure"/>.
    /// </summary>
    public void DeleteMessages(long toSequenceNr)
    {
        if (toSequenceNr == long.MaxValue || toSequenceNr <= LastSequenceNr)
        {
            Journal.DeleteMessages(toSequenceNr);
            return;
        }

        var cause = new InvalidOperationException(
            $"toSequenceNr [{toSequenceNr}] must be less than or equal to LastSequenceNr [{LastSequenceNr}]"
        );
        Self.Tell(new DeleteMessagesFailure(cause, toSequenceNr), Self);
    }

    /// <summary>Gets the snapshot offer, the events and <see cref="RecoveryCompleted"/>.</summary>
    /// <returns>False when the message is not handled.</returns>
    protected abstract bool ReceiveRecover(object message);

    /// <summary>Gets everything else, once recovered.</summary>
    /// <returns>False when the message is not handled.</returns>
    protected abstract bool ReceiveCommand(object message);

    /// <summary>The journal failed to store an event; whether it is durable is not known. The actor stops afterwards.</summary>
    protected virtual void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        Log.Error(
            cause,
            "Failed to persist event type [{0}] with sequence number [{1}] for persistenceId [{2}].",
            @event.GetType(),
            sequenceNr,
            PersistenceId
        );

    /// <summary>The journal refused to store an event, which certainly is not stored; the actor goes on, its handler is not called.</summary>
    protected virtual void OnPersistRejected(Exception cause, object @event, long sequenceNr) =>
        Log.Error(
            cause,
            "Rejected to persist event type [{0}] with sequence number [{1}] for persistenceId [{2}].",
            @event.GetType(),
            sequenceNr,
            PersistenceId
        );

    /// <summary>The recovery failed: the journal could not be read or a handler threw. The actor stops afterwards.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="message">The event at which it failed, when it was one.</param>
    protected virtual void OnRecoveryFailure(Exception reason, object? message = null)
    {
        if (message is null)
        {
            Log.Error(reason, "Recovery of persistenceId [{0}] failed after sequence number [{1}].", PersistenceId, LastSequenceNr);
        }
        else
        {
            Log.Error(
                reason,
                "Exception in ReceiveRecover when replaying event type [{0}] with sequence number [{1}] for persistenceId [{2}].",
                message.GetType(),
                LastSequenceNr,
                PersistenceId
            );
        }
    }

    /// <summary>All events are replayed; <see cref="RecoveryCompleted"/> follows.</summary>
    protected virtual void OnReplaySuccess() { }

    /// <inheritdoc/>
    protected override void Unhandled(object message)
    {
        switch (message)
        {
            case RecoveryCompleted:
            case SaveSnapshotSuccess:
            case DeleteMessagesSuccess:
            case DeleteSnapshotSuccess:
            case DeleteSnapshotsSuccess:
                return;
            case SaveSnapshotFailure failure:
                Log.Warning(failure.Cause, "Failed to save the snapshot of [{0}] at [{1}].", PersistenceId, failure.Metadata.SequenceNr);
                return;
            case DeleteSnapshotFailure failure:
                Log.Warning(failure.Cause, "Failed to delete the snapshot of [{0}] at [{1}].", PersistenceId, failure.Metadata.SequenceNr);
                return;
            case DeleteSnapshotsFailure failure:
                Log.Warning(failure.Cause, "Failed to delete snapshots of [{0}] by [{1}].", PersistenceId, failure.Criteria);
                return;
            case DeleteMessagesFailure failure:
                Log.Warning(failure.Cause, "Failed to delete events of [{0}] up to [{1}].", PersistenceId, failure.ToSequenceNr);
                return;
            default:
                base.Unhandled(message);
                return;
        }
    }

    private void PersistAtomically<TEvent>(IEnumerable<TEvent> events, Action<TEvent> handler, bool holdsCommands)
    {
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(handler);
        ThrowIfRecovering();
        object[] payloads =
        [
            .. events.Select(payload => payload as object ?? throw new ArgumentNullException(nameof(events), "An event is null.")),
        ];
        if (payloads.Length == 0)
        {
            return;
        }

        foreach (var _ in payloads)
        {
            _pending.AddHandler(stored => handler((TEvent)stored), holdsCommands);
        }

        _pending.Add(new BatchEntry.Events(new AtomicEvents(_sequenceNr + 1, payloads), Sender));
        _sequenceNr += payloads.Length;
    }

    private void ThrowIfRecovering()
    {
        if (IsRecovering)
        {
            throw new InvalidOperationException(
                "Cannot persist during replay. Events can be persisted when receiving RecoveryCompleted or later."
            );
        }
    }
}
