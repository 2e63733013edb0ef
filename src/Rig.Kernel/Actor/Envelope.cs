namespace Akka.Actor;

/// <summary>One user message with its sender, as a mailbox or a stash holds it.</summary>
public readonly struct Envelope
{
    /// <summary>Pairs a message with its sender; no sender becomes the system's dead letters.</summary>
    public Envelope(object message, IActorRef? sender, ActorSystem system)
        : this(message, sender ?? system.DeadLetters) { }

    /// <summary>Pairs a message with its sender.</summary>
    public Envelope(object message, IActorRef? sender)
    {
        Message = message;
        Sender = sender!;
    }

    /// <summary>The message, never null once in a mailbox.</summary>
    public object Message { get; }

    /// <summary>Who sent it; <see cref="ActorRefs.NoSender"/> when nobody did.</summary>
    public IActorRef Sender { get; }

    /// <inheritdoc/>
    public override string ToString() => $"<{Message}> from {(Sender is null ? "NoSender" : Sender.ToString())}";
}
