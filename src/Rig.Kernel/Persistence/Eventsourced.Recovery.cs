using Akka.Actor;

namespace Akka.Persistence;

/// <summary>How a persistent actor starts, recovers and ends.</summary>
public abstract partial class Eventsourced
{
    private JournalClient? _journal;
    private Recovery _recovery = Recovery.Default;
    private long _replaysLeft;

    private JournalClient Journal =>
        _journal
        ?? throw new InvalidOperationException("The actor has not started yet; persist from a message handler, not from a constructor.");

    /// <inheritdoc/>
    public override void AroundPreStart()
    {
        StartRecovery();
        base.AroundPreStart();
    }

    /// <inheritdoc/>
    public override void AroundPostRestart(Exception cause, object? message)
    {
        StartRecovery();
        base.AroundPostRestart(cause, message);
    }

    /// <inheritdoc/>
    public override void AroundPreRestart(Exception cause, object? message)
    {
        try
        {
            _commands.UnstashAll();
        }
        finally
        {
            base.AroundPreRestart(cause, message is JournalReply reply ? reply.Subject : message);
        }
    }

    /// <inheritdoc/>
    public override void AroundPostStop()
    {
        try
        {
            _commands.UnstashAll();
        }
        finally
        {
            base.AroundPostStop();
        }
    }

    private void StartRecovery()
    {
        if (string.IsNullOrEmpty(PersistenceId))
        {
            throw new InvalidOperationException($"{GetType()} has no PersistenceId.");
        }

        _recovery = Recovery;
        _replaysLeft = _recovery.ReplayMax;
        _journal = new JournalClient(Persistence.Instance.Apply(Context.System).Store, this, Self, PersistenceId);
        Journal.LoadSnapshot(_recovery.FromSnapshot.UpTo(_recovery.ToSequenceNr));
    }

    private void HandleRecovery(JournalReply reply)
    {
        switch (reply)
        {
            case SnapshotLoaded(_, { } snapshot):
                OfferSnapshot(snapshot);
                break;
            case SnapshotLoaded or PageReplayed:
                RequestPage();
                break;
            case EventReplayed { Event: var stored }:
                LastSequenceNr = stored.SequenceNr;
                _replaysLeft--;
                TryRecover(stored.Payload, stored.Payload);
                break;
            case ReplayFinished finished:
                FinishRecovery(finished.HighestSequenceNr);
                break;
            case RecoveryFailed failure:
                StopAfter(() => OnRecoveryFailure(failure.Cause));
                break;
        }
    }

    private void OfferSnapshot(SelectedSnapshot snapshot)
    {
        LastSequenceNr = snapshot.Metadata.SequenceNr;
        if (TryRecover(new SnapshotOffer(snapshot.Metadata, snapshot.Snapshot), failedEvent: null) is not { } handled)
        {
            return;
        }

        // An actor that does not take the offer gets every event instead.
        LastSequenceNr = handled ? LastSequenceNr : 0;
        RequestPage();
    }

    private void RequestPage() => Journal.ReplayPage(LastSequenceNr + 1, _recovery.ToSequenceNr, _replaysLeft);

    /// <summary>Hands a message to <see cref="ReceiveRecover"/>.</summary>
    /// <returns>Whether it was handled, or null when it failed and the actor stops.</returns>
    private bool? TryRecover(object message, object? failedEvent)
    {
        try
        {
            return base.AroundReceive(ReceiveRecover, message);
        }
        catch (Exception cause)
        {
            StopAfter(() => OnRecoveryFailure(cause, failedEvent));
            return null;
        }
    }

    private void FinishRecovery(long highestSequenceNr)
    {
        OnReplaySuccess();
        _sequenceNr = LastSequenceNr = Math.Max(highestSequenceNr, LastSequenceNr);
        _phase = Phase.Processing;
        var failed = true;
        try
        {
            base.AroundReceive(ReceiveRecover, RecoveryCompleted.Instance);
            failed = false;
        }
        finally
        {
            EndOfTurn(failed);
        }
    }
}
