using Akka.Actor.Internal;

namespace Akka.Actor;

/// <summary>Makes stashes besides the one that an actor has by its interface. Their owner empties them itself.</summary>
public static class StashFactory
{
    /// <summary>A stash for an actor of this type.</summary>
    public static IStash CreateStash<T>(this IActorContext context)
        where T : ActorBase => CreateStash(context, typeof(T));

    /// <summary>A stash for this actor.</summary>
    public static IStash CreateStash(this IActorContext context, IActorStash actorInstance)
    {
        ArgumentNullException.ThrowIfNull(actorInstance);
        return CreateStash(context, actorInstance.GetType());
    }

    /// <summary>A stash for an actor of this type, bounded as its <see cref="Props"/> say unless it wants an unbounded one.</summary>
    public static IStash CreateStash(this IActorContext context, Type actorType)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(actorType);
        var capacity = typeof(IWithUnboundedStash).IsAssignableFrom(actorType) ? Props.UnlimitedStash : context.Props.StashCapacity;
        return new CellStash((ActorCell)context, capacity);
    }
}
