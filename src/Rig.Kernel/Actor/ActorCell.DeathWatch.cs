using Akka.Actor.Internal;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// Watching others and being watched. A notification first becomes a <see cref="Terminated"/> at the end of the mailbox, so that
/// it keeps its place behind what the dead actor sent; <see cref="_terminatedQueued"/> makes an unwatch in between count.
/// </summary>
internal sealed partial class ActorCell
{
    /// <summary>Watched actors, with the message to send instead of <see cref="Terminated"/> if any.</summary>
    private Dictionary<IActorRef, object?>? _watching;
    private Dictionary<IActorRef, object?>? _terminatedQueued;
    private List<IActorRef>? _watchedBy;

    public IActorRef Watch(IActorRef subject) => WatchAs(subject, null);

    public IActorRef WatchWith(IActorRef subject, object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return WatchAs(subject, message);
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (_watching is not null && _watching.Remove(subject) && subject is IInternalActorRef watchee)
        {
            watchee.SendSystemMessage(new Unwatch(watchee, LocalSelf));
        }
        _terminatedQueued?.Remove(subject);
        return subject;
    }

    private IActorRef WatchAs(IActorRef subject, object? message)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (subject.Equals(Self))
        {
            return subject;
        }
        _watching ??= [];
        if (_watching.TryGetValue(subject, out var previous))
        {
            if (!Equals(previous, message))
            {
                throw new InvalidOperationException(
                    $"Watch({Self}, {subject}) termination message was not overwritten from [{previous}] to [{message}]"
                );
            }
            return subject;
        }
        if (_terminatedQueued?.ContainsKey(subject) == true)
        {
            return subject;
        }
        _watching.Add(subject, message);
        if (subject is IInternalActorRef watchee)
        {
            watchee.SendSystemMessage(new Watch(watchee, LocalSelf));
        }
        return subject;
    }

    private void ReceivedTerminated(Terminated terminated)
    {
        if (_terminatedQueued is null || !_terminatedQueued.Remove(terminated.ActorRef, out var message))
        {
            return;
        }
        if (message is not null)
        {
            _currentMessage = message;
        }
        ReceiveMessage(message ?? terminated);
    }

    private void WatchedActorTerminated(DeathWatchNotification death)
    {
        if (_watching is not null && _watching.Remove(death.Actor, out var message) && _children is not { IsTerminating: true })
        {
            (_terminatedQueued ??= [])[death.Actor] = message;
            Self.Tell(new Terminated(death.Actor, death.ExistenceConfirmed, death.AddressTerminated), death.Actor);
        }
        ChildTerminated(death.Actor);
    }

    private void AddWatcher(IInternalActorRef watchee, IInternalActorRef watcher)
    {
        if (watchee.Equals(Self) && !watcher.Equals(Self))
        {
            _watchedBy ??= [];
            if (!_watchedBy.Contains(watcher))
            {
                _watchedBy.Add(watcher);
            }
        }
    }

    private void RemoveWatcher(IInternalActorRef watchee, IInternalActorRef watcher)
    {
        if (watchee.Equals(Self))
        {
            _watchedBy?.Remove(watcher);
        }
    }

    private void TellWatchersWeDied()
    {
        foreach (var watcher in _watchedBy ?? [])
        {
            ((IInternalActorRef)watcher).SendSystemMessage(
                new DeathWatchNotification(Self, existenceConfirmed: true, addressTerminated: false)
            );
        }
        _watchedBy = null;
    }

    private void UnwatchAll()
    {
        if (_watching is null)
        {
            return;
        }
        foreach (var subject in _watching.Keys)
        {
            if (subject is IInternalActorRef watchee)
            {
                watchee.SendSystemMessage(new Unwatch(watchee, LocalSelf));
            }
        }
        _watching = null;
        _terminatedQueued = null;
    }
}
