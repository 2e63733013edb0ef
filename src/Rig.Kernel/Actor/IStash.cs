namespace Akka.Actor;

/// <summary>Messages that an actor has put aside for later. Only from inside the actor.</summary>
public interface IStash
{
    /// <summary>Puts the current message aside.</summary>
    /// <exception cref="IllegalActorStateException">It has been put aside already.</exception>
    /// <exception cref="StashOverflowException">The stash is full.</exception>
    void Stash();

    /// <summary>Puts the oldest message back in front of the mailbox.</summary>
    void Unstash();

    /// <summary>Puts all messages back in front of the mailbox, oldest first.</summary>
    void UnstashAll();

    /// <summary>Puts those for which the predicate holds back in front of the mailbox; the others are gone.</summary>
    void UnstashAll(Func<Envelope, bool> predicate);

    /// <summary>Empties the stash and gives what was in it.</summary>
    IEnumerable<Envelope> ClearStash();

    /// <summary>Adds messages in front of the stash.</summary>
    void Prepend(IEnumerable<Envelope> envelopes);

    /// <summary>How many messages are put aside.</summary>
    int Count { get; }

    /// <summary>True without messages.</summary>
    bool IsEmpty { get; }

    /// <summary>True with messages.</summary>
    bool NonEmpty { get; }

    /// <summary>True when no message fits in any more.</summary>
    bool IsFull { get; }

    /// <summary>How many messages fit in; -1 for any number.</summary>
    int Capacity { get; }
}

/// <summary>An actor with a stash, which is there once the constructor has run.</summary>
public interface IActorStash
{
    /// <summary>The stash; set by the kernel.</summary>
    IStash Stash { get; set; }
}

/// <summary>An actor with a stash, whatever its mailbox.</summary>
public interface IWithUnrestrictedStash : IActorStash;

/// <summary>An actor with a stash, bounded if its <see cref="Props"/> say so.</summary>
public interface IWithStash : IWithUnrestrictedStash;

/// <summary>An actor with an unbounded stash.</summary>
public interface IWithUnboundedStash : IWithUnrestrictedStash;

/// <summary>An untyped actor with a stash.</summary>
public abstract class UntypedActorWithStash : UntypedActor, IWithStash
{
    /// <inheritdoc/>
    public IStash Stash { get; set; } = null!;
}

/// <summary>An untyped actor with an unbounded stash.</summary>
public abstract class UntypedActorWithUnboundedStash : UntypedActor, IWithUnboundedStash
{
    /// <inheritdoc/>
    public IStash Stash { get; set; } = null!;
}
