using Akka.Actor.Internal;

namespace Akka.Actor;

/// <summary>Children: making, finding, stopping, and what follows when one is gone.</summary>
internal sealed partial class ActorCell
{
    /// <summary>Null until the first child; for the guardians other threads make it too.</summary>
    private ChildrenContainer? _children;
    private long _nextGeneratedName;

    public ChildRestartStats[] ChildrenSnapshot() => Volatile.Read(ref _children)?.Snapshot() ?? [];

    public IEnumerable<IActorRef> GetChildren() => ChildrenSnapshot().Select(static stats => (IActorRef)stats.Child);

    /// <summary>Any thread.</summary>
    public IActorRef Child(string name) =>
        Volatile.Read(ref _children) is { } children && children.TryGetByName(name, out var stats) ? stats!.Child : Nobody.Instance;

    /// <summary>Any thread for the guardians, else the actor's own.</summary>
    public IActorRef ActorOf(Props props, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(props);
        if (name is not null && !ActorPath.IsValidPathElement(name))
        {
            throw new InvalidActorNameException(
                $"Illegal actor name [{name}]. Actor paths MUST: not start with `$`, include only ASCII letters and can only contain these special characters: {ActorPath.ValidSymbols}."
            );
        }
        return AddChild(props, name ?? GeneratedName.Of(Interlocked.Increment(ref _nextGeneratedName) - 1));
    }

    /// <summary>Makes a child of any name.</summary>
    public LocalActorRef AddChild(Props props, string name)
    {
        var path = new ChildActorPath(LocalSelf.Path, name, SystemImpl.NextUid());
        var child = new LocalActorRef(SystemImpl, props, Self, path);
        Children().Add(child);
        child.Start();
        return child;
    }

    public void Stop(IActorRef child)
    {
        if (child is not IInternalActorRef reference)
        {
            return;
        }
        _children?.ShallDie(child);
        reference.Stop();
    }

    private ChildrenContainer Children()
    {
        var children = Volatile.Read(ref _children);
        return children ?? Interlocked.CompareExchange(ref _children, children = new ChildrenContainer(), null) ?? children;
    }

    private void StopAllChildren()
    {
        foreach (var stats in ChildrenSnapshot())
        {
            Stop(stats.Child);
        }
    }

    /// <returns>False when there is no child to wait for.</returns>
    private bool BeginChildrenTermination()
    {
        var children = Interlocked.CompareExchange(ref _children, ChildrenContainer.Terminated, null);
        if (children is null || !children.BeginTermination(out var toStop))
        {
            return false;
        }
        foreach (var stats in toStop)
        {
            stats.Child.Stop();
        }
        return true;
    }

    private void ChildTerminated(IActorRef child)
    {
        switch (_children?.Remove(child))
        {
            case SuspendReason.Recreation recreation:
                FinishRecreate(recreation.Cause);
                break;
            case SuspendReason.Creation:
                FinishCreate();
                break;
            case SuspendReason.Termination:
                FinishTerminate();
                break;
        }
    }
}
