using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Event;

/// <summary>
/// A bus whose classes are types: who subscribes to a type gets all that is of it, derives from it or implements it, once.
/// Publishing takes no lock and, for a type seen before, allocates nothing.
/// </summary>
public class LoggingBus : ActorEventBus<object, Type>
{
    private readonly ConcurrentDictionary<Type, IActorRef[]> _receiversByEventType = new();
    private ImmutableDictionary<IActorRef, ImmutableHashSet<Type>> _subscriptions = ImmutableDictionary<
        IActorRef,
        ImmutableHashSet<Type>
    >.Empty;
    private readonly Lock _gate = new();
    private volatile LogLevel _logLevel = LogLevel.InfoLevel;

    /// <summary>The least level that loggers of this bus publish.</summary>
    public LogLevel LogLevel => _logLevel;

    /// <summary>Sets the least level that loggers of this bus publish.</summary>
    public void SetLogLevel(LogLevel logLevel) => _logLevel = logLevel;

    /// <inheritdoc/>
    public override void Publish(object @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        foreach (var receiver in ReceiversOf(@event.GetType()))
        {
            receiver.Tell(@event, ActorRefs.NoSender);
        }
    }

    /// <inheritdoc/>
    public override bool Subscribe(IActorRef subscriber, Type classifier)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        ArgumentNullException.ThrowIfNull(classifier);
        lock (_gate)
        {
            var types = _subscriptions.GetValueOrDefault(subscriber, ImmutableHashSet<Type>.Empty);
            return !types.Contains(classifier) && Replace(_subscriptions.SetItem(subscriber, types.Add(classifier)));
        }
    }

    /// <inheritdoc/>
    public override bool Unsubscribe(IActorRef subscriber, Type classifier)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        lock (_gate)
        {
            if (!_subscriptions.TryGetValue(subscriber, out var types) || !types.Contains(classifier))
            {
                return false;
            }
            var left = types.Remove(classifier);
            return Replace(left.IsEmpty ? _subscriptions.Remove(subscriber) : _subscriptions.SetItem(subscriber, left));
        }
    }

    /// <inheritdoc/>
    public override bool Unsubscribe(IActorRef subscriber)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        lock (_gate)
        {
            return _subscriptions.ContainsKey(subscriber) && Replace(_subscriptions.Remove(subscriber));
        }
    }

    private bool Replace(ImmutableDictionary<IActorRef, ImmutableHashSet<Type>> subscriptions)
    {
        _subscriptions = subscriptions;
        _receiversByEventType.Clear();
        return true;
    }

    private IActorRef[] ReceiversOf(Type eventType) =>
        _receiversByEventType.TryGetValue(eventType, out var receivers) ? receivers : Classify(eventType);

    private IActorRef[] Classify(Type eventType)
    {
        lock (_gate)
        {
            IActorRef[] receivers =
            [
                .. _subscriptions
                    .Where(subscription => subscription.Value.Any(type => type.IsAssignableFrom(eventType)))
                    .Select(static subscription => subscription.Key),
            ];
            _receiversByEventType[eventType] = receivers;
            return receivers;
        }
    }
}
