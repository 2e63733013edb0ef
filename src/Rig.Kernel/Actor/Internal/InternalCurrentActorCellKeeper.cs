namespace Akka.Actor.Internal;

/// <summary>The cell whose actor the current thread is running, if any. The one thread-static of the kernel: an actor's context is a thread's.</summary>
internal static class InternalCurrentActorCellKeeper
{
    [ThreadStatic]
    private static ActorCell? t_current;

    public static ActorCell? Current
    {
        get => t_current;
        set => t_current = value;
    }
}
