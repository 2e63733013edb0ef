using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>
/// An actor whose behaviour is a list of handlers by message type, asked in the order they were added. Handlers may be added in
/// the constructor and inside the action given to <see cref="Become(Action)"/>, nowhere else.
/// </summary>
public abstract class ReceiveActor : UntypedActor
{
    private MessageHandler? _handlers;

    /// <summary>Non-null exactly while handlers may be added.</summary>
    private HandlerList? _open;

    /// <summary>Opens the initial behaviour for the constructor of the derived class.</summary>
    protected ReceiveActor() => _open = new HandlerList();

    internal override void AfterAttach()
    {
        _handlers = _open?.First;
        _open = null;
        base.AfterAttach();
    }

    /// <inheritdoc/>
    protected sealed override bool Receive(object message) => MessageHandler.Run(_handlers, message);

    /// <summary>Unused: messages go to the handlers.</summary>
    protected sealed override void OnReceive(object message) => MessageHandler.Run(_handlers, message);

    /// <summary>Replaces the behaviour on top of the stack by the handlers that <paramref name="configure"/> adds.</summary>
    protected void Become(Action configure) => Context.Become(Configure(configure));

    /// <summary>Puts the handlers that <paramref name="configure"/> adds on top of the current behaviour.</summary>
    protected void BecomeStacked(Action configure) => Context.BecomeStacked(Configure(configure));

    /// <summary>Handles messages of a type, those only for which <paramref name="shouldHandle"/> holds if given.</summary>
    /// <exception cref="InvalidOperationException">Not while a behaviour is being built, or after a handler for everything.</exception>
    protected void Receive<T>(Action<T> handler, Predicate<T>? shouldHandle = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Add(shouldHandle is null ? new ActionHandler<T>(handler) : new ConditionalHandler<T>(handler, shouldHandle));
    }

    /// <inheritdoc cref="Receive{T}(Action{T}, Predicate{T})"/>
    protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) => Receive(handler, shouldHandle);

    /// <summary>Handles messages of a type; a handler that returns false leaves the message to the next.</summary>
    /// <exception cref="InvalidOperationException">Not while a behaviour is being built, or after a handler for everything.</exception>
    protected void Receive<T>(Func<T, bool> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Add(new FuncHandler<T>(handler));
    }

    /// <inheritdoc cref="Receive{T}(Action{T}, Predicate{T})"/>
    protected void Receive(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null)
    {
        ArgumentNullException.ThrowIfNull(messageType);
        ArgumentNullException.ThrowIfNull(handler);
        Add(
            new RuntimeTypeHandler(
                messageType,
                message =>
                {
                    if (shouldHandle is not null && !shouldHandle(message))
                    {
                        return false;
                    }
                    handler(message);
                    return true;
                }
            )
        );
    }

    /// <inheritdoc cref="Receive{T}(Action{T}, Predicate{T})"/>
    protected void Receive(Type messageType, Predicate<object> shouldHandle, Action<object> handler) =>
        Receive(messageType, handler, shouldHandle);

    /// <inheritdoc cref="Receive{T}(Func{T, bool})"/>
    protected void Receive(Type messageType, Func<object, bool> handler)
    {
        ArgumentNullException.ThrowIfNull(messageType);
        ArgumentNullException.ThrowIfNull(handler);
        Add(new RuntimeTypeHandler(messageType, handler));
    }

    /// <summary>Handles messages of a type asynchronously: no other user message is taken until the task has ended.</summary>
    /// <exception cref="InvalidOperationException">Not while a behaviour is being built, or after a handler for everything.</exception>
    protected void ReceiveAsync<T>(Func<T, Task> handler, Predicate<T>? shouldHandle = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Add(new AsyncHandler<T>(handler, shouldHandle));
    }

    /// <inheritdoc cref="ReceiveAsync{T}(Func{T, Task}, Predicate{T})"/>
    protected void ReceiveAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) => ReceiveAsync(handler, shouldHandle);

    /// <inheritdoc cref="ReceiveAsync{T}(Func{T, Task}, Predicate{T})"/>
    protected void ReceiveAsync(Type messageType, Func<object, Task> handler, Predicate<object>? shouldHandle = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Receive(messageType, message => ActorTaskScheduler.RunTask(() => handler(message)), shouldHandle);
    }

    /// <inheritdoc cref="ReceiveAsync{T}(Func{T, Task}, Predicate{T})"/>
    protected void ReceiveAsync(Type messageType, Predicate<object> shouldHandle, Func<object, Task> handler) =>
        ReceiveAsync(messageType, handler, shouldHandle);

    /// <summary>Handles everything that no handler before this has; none may follow.</summary>
    /// <exception cref="InvalidOperationException">Not while a behaviour is being built, or after a handler for everything.</exception>
    protected void ReceiveAny(Action<object> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Add(new ActionHandler<object>(handler), isLast: true);
    }

    /// <summary>Handles everything that no handler before this has, asynchronously; none may follow.</summary>
    /// <exception cref="InvalidOperationException">Not while a behaviour is being built, or after a handler for everything.</exception>
    protected void ReceiveAnyAsync(Func<object, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Add(new AsyncHandler<object>(handler, null), isLast: true);
    }

    private Receive Configure(Action configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var outer = _open;
        var list = _open = new HandlerList();
        try
        {
            configure();
        }
        finally
        {
            _open = outer;
        }
        var first = list.First;
        return message => MessageHandler.Run(first, message);
    }

    private void Add(MessageHandler handler, bool isLast = false)
    {
        var list =
            _open
            ?? throw new InvalidOperationException("You may only call Receive-methods when constructing the actor and inside Become().");
        list.Add(handler, isLast);
    }

    /// <summary>A behaviour while it is being built.</summary>
    private sealed class HandlerList
    {
        private MessageHandler? _last;
        private bool _complete;

        public MessageHandler? First { get; private set; }

        public void Add(MessageHandler handler, bool isLast)
        {
            if (_complete)
            {
                throw new InvalidOperationException(
                    "A handler that catches all messages has been added. No handler can be added after that."
                );
            }
            if (_last is null)
            {
                First = handler;
            }
            else
            {
                _last.Next = handler;
            }
            _last = handler;
            _complete = isLast;
        }
    }
}
