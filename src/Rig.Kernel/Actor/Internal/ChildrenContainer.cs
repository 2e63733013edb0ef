using Akka.Pattern;

namespace Akka.Actor.Internal;

/// <summary>
/// An actor's children by name, and which of them it waits for. Made with the first child. Read by selections and, for the
/// guardians, written from any thread, hence the lock, inside which no foreign code runs.
/// </summary>
internal sealed class ChildrenContainer
{
    /// <summary>Of an actor that stopped without ever having had a child.</summary>
    public static readonly ChildrenContainer Terminated = new() { _terminated = true };

    private static readonly SuspendReason s_userRequest = new SuspendReason.UserRequest();

    private readonly Dictionary<string, ChildRestartStats> _byName = new(StringComparer.Ordinal);

    /// <summary>Children told to stop whose end has not been confirmed.</summary>
    private HashSet<IActorRef>? _dying;
    private SuspendReason _reason = s_userRequest;
    private bool _terminated;

    /// <summary>True from the moment the actor begins to stop: no child may be added.</summary>
    public bool IsTerminating
    {
        get
        {
            lock (_byName)
            {
                return _terminated || _dying is { Count: > 0 } && _reason is SuspendReason.Termination;
            }
        }
    }

    /// <summary>True while the actor is neither restarting nor stopping.</summary>
    public bool IsNormal
    {
        get
        {
            lock (_byName)
            {
                return !_terminated && (_dying is not { Count: > 0 } || _reason is SuspendReason.UserRequest);
            }
        }
    }

    /// <summary>True while a restart or a repeated creation waits for children.</summary>
    public bool IsWaitingToRestart
    {
        get
        {
            lock (_byName)
            {
                return _dying is { Count: > 0 } && _reason is SuspendReason.Recreation or SuspendReason.Creation;
            }
        }
    }

    /// <summary>The children at this moment.</summary>
    public ChildRestartStats[] Snapshot()
    {
        lock (_byName)
        {
            return _byName.Count == 0 ? [] : [.. _byName.Values];
        }
    }

    /// <exception cref="InvalidActorNameException">The name is taken.</exception>
    /// <exception cref="IllegalStateException">The actor is stopping or stopped.</exception>
    public void Add(IInternalActorRef child)
    {
        lock (_byName)
        {
            if (_terminated || _dying is { Count: > 0 } && _reason is SuspendReason.Termination)
            {
                throw new IllegalStateException("Cannot create child while terminating or terminated");
            }
            if (!_byName.TryAdd(child.Path.Name, new ChildRestartStats(child)))
            {
                throw new InvalidActorNameException($"Actor name \"{child.Path.Name}\" is not unique!");
            }
        }
    }

    public bool TryGetByName(string name, out ChildRestartStats? stats)
    {
        lock (_byName)
        {
            return _byName.TryGetValue(name, out stats);
        }
    }

    public bool TryGetByRef(IActorRef actor, out ChildRestartStats? stats)
    {
        lock (_byName)
        {
            return _byName.TryGetValue(actor.Path.Name, out stats) && stats.Child.Equals(actor);
        }
    }

    /// <summary>Notes that this child has been told to stop.</summary>
    public void ShallDie(IActorRef child)
    {
        lock (_byName)
        {
            if (_byName.TryGetValue(child.Path.Name, out var stats) && stats.Child.Equals(child))
            {
                (_dying ??= []).Add(child);
            }
        }
    }

    /// <summary>Says what to do when the last dying child is gone.</summary>
    /// <returns>False when there is none to wait for.</returns>
    public bool SetReason(SuspendReason reason)
    {
        lock (_byName)
        {
            if (_dying is not { Count: > 0 })
            {
                return false;
            }
            _reason = reason;
            return true;
        }
    }

    /// <summary>Marks every child as dying and refuses new ones, in one step since others may be adding.</summary>
    /// <param name="toStop">The children to tell.</param>
    /// <returns>False when there is none to wait for.</returns>
    public bool BeginTermination(out ChildRestartStats[] toStop)
    {
        lock (_byName)
        {
            toStop = [.. _byName.Values];
            if (toStop.Length == 0)
            {
                _terminated = true;
                return false;
            }
            _dying = [.. toStop.Select(static stats => (IActorRef)stats.Child)];
            _reason = new SuspendReason.Termination();
            return true;
        }
    }

    /// <summary>Forgets a child that has stopped.</summary>
    /// <returns>What to do now, when it was the last dying one.</returns>
    public SuspendReason? Remove(IActorRef child)
    {
        lock (_byName)
        {
            if (_byName.TryGetValue(child.Path.Name, out var stats) && stats.Child.Equals(child))
            {
                _byName.Remove(child.Path.Name);
            }
            if (_dying is null || !_dying.Remove(child) || _dying.Count > 0)
            {
                return null;
            }
            var reason = _reason;
            _dying = null;
            _reason = s_userRequest;
            _terminated = reason is SuspendReason.Termination;
            return reason;
        }
    }
}
