using Akka.Actor;
using Akka.Actor.Internal;

namespace Rig.Kernel.Diagnostics;

/// <summary>An actor and those below it at one moment, to be shown to people.</summary>
public sealed record ActorTree(string Name, Type Type, IReadOnlyList<ActorTree> Children)
{
    /// <summary>Actors deeper than this are left out; a node's tree has five levels.</summary>
    private const int Deepest = 16;

    /// <summary>The actors below <c>/user</c>. Any thread; children come and go meanwhile.</summary>
    public static ActorTree Of(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return Of((LocalActorRef)((ActorSystemImpl)system).Root.Cell.Child("user"), 0);
    }

    private static ActorTree Of(LocalActorRef actor, int depth) =>
        new(
            actor.Path.Name,
            actor.Cell.Props.Type,
            depth == Deepest ? [] : [.. actor.Cell.GetChildren().OfType<LocalActorRef>().Select(child => Of(child, depth + 1))]
        );
}
