namespace Akka.Actor;

/// <summary>The reference to no actor; what it is told is dropped.</summary>
public sealed class Nobody : ActorRefBase
{
    /// <summary>The only one.</summary>
    public static readonly Nobody Instance = new();

    private Nobody() { }

    /// <inheritdoc/>
    public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems, "/Nobody");

    /// <inheritdoc/>
    protected override void TellInternal(object message, IActorRef sender) { }
}

/// <summary>References that stand for none.</summary>
public static class ActorRefs
{
    /// <summary>Null: what to give as sender when nobody expects an answer.</summary>
    public static readonly IActorRef NoSender = null!;

    /// <summary>The reference to no actor.</summary>
    public static readonly Nobody Nobody = Nobody.Instance;
}

/// <summary>Questions about references.</summary>
public static class ActorRefExtensions
{
    /// <summary>True for null and <see cref="Nobody"/>.</summary>
    public static bool IsNobody(this IActorRef actorRef) => actorRef is null or Nobody;

    /// <summary>The reference, or another where it is nobody's.</summary>
    public static IActorRef GetOrElse(this IActorRef actorRef, Func<IActorRef> elseValue)
    {
        ArgumentNullException.ThrowIfNull(elseValue);
        return actorRef.IsNobody() ? elseValue() : actorRef;
    }
}
