using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>Base of references. Two are equal when they have the same path and the same incarnation.</summary>
public abstract class ActorRefBase : IActorRef
{
    /// <inheritdoc/>
    public abstract ActorPath Path { get; }

    /// <inheritdoc/>
    /// <exception cref="InvalidMessageException">The message is null.</exception>
    public void Tell(object message, IActorRef? sender)
    {
        if (message is null)
        {
            throw new InvalidMessageException("Message is null.");
        }
        TellInternal(message, sender!);
    }

    /// <summary>Takes the message; <paramref name="sender"/> is null when there is none.</summary>
    protected abstract void TellInternal(object message, IActorRef sender);

    /// <inheritdoc/>
    public int CompareTo(object? obj) =>
        obj switch
        {
            null => 1,
            IActorRef other => CompareTo(other),
            _ => throw new ArgumentException("Object must be of type IActorRef.", nameof(obj)),
        };

    /// <inheritdoc/>
    public int CompareTo(IActorRef? other)
    {
        if (other is null)
        {
            return 1;
        }
        var byPath = Path.CompareTo(other.Path);
        return byPath != 0 ? byPath : Path.Uid.CompareTo(other.Path.Uid);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IActorRef other && Equals(other);

    /// <inheritdoc/>
    public bool Equals(IActorRef? other) =>
        ReferenceEquals(this, other) || other is not null && Path.Uid == other.Path.Uid && Path.Equals(other.Path);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Path.Name, Path.Uid);

    /// <inheritdoc/>
    public override string ToString() => Path.Uid == ActorPath.UndefinedUid ? $"[{Path}]" : $"[{Path}#{Path.Uid}]";
}

/// <summary>A reference without a life of its own: it ignores whatever it is told unless a subclass does something with it.</summary>
internal abstract class InternalActorRef : ActorRefBase, IInternalActorRef
{
    public virtual IActorRef Parent => Nobody.Instance;

    public abstract Internal.ActorSystemImpl? SystemImpl { get; }

    public virtual void SendSystemMessage(SystemMessage message) { }

    public virtual void Start() { }

    public virtual void Stop() { }

    protected override void TellInternal(object message, IActorRef sender) { }
}
