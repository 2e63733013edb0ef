using Akka.Actor;

namespace Akka.Persistence;

/// <summary>
/// A persistent actor whose behaviour is two lists of handlers by message type, one for commands and one for recovery, each
/// asked in the order they were added. Handlers may be added in the constructor, those for commands also in <see cref="Become(Action)"/>.
/// </summary>
public abstract class ReceivePersistentActor : UntypedPersistentActor
{
    private MessageHandler? _commandHandlers;
    private MessageHandler? _recoverHandlers;

    /// <summary>Non-null exactly while command handlers may be added.</summary>
    private HandlerListBuilder? _openCommands = new();

    /// <summary>Non-null until the constructor has run.</summary>
    private HandlerListBuilder? _openRecovers = new();

    internal override void AfterAttach()
    {
        _commandHandlers = _openCommands?.First;
        _recoverHandlers = _openRecovers?.First;
        _openCommands = null;
        _openRecovers = null;
        base.AfterAttach();
    }

    /// <inheritdoc/>
    protected sealed override bool Receive(object message) => MessageHandler.Run(_commandHandlers, message);

    /// <summary>Unused: commands go to the handlers.</summary>
    protected sealed override void OnCommand(object message) => MessageHandler.Run(_commandHandlers, message);

    /// <summary>Unused: recovery messages go to the handlers.</summary>
    protected sealed override void OnRecover(object message) => MessageHandler.Run(_recoverHandlers, message);

    /// <summary>Replaces the behaviour for commands by the handlers that <paramref name="configure"/> adds.</summary>
    protected void Become(Action configure) => Context.Become(Configure(configure));

    /// <summary>Puts the handlers that <paramref name="configure"/> adds on top of the current behaviour for commands.</summary>
    protected void BecomeStacked(Action configure) => Context.BecomeStacked(Configure(configure));

    /// <summary>Handles commands of a type, those only for which <paramref name="shouldHandle"/> holds if given.</summary>
    /// <exception cref="InvalidOperationException">Not while a behaviour is being built, or after a handler for everything.</exception>
    protected void Command<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => AddCommand(Handler(handler, shouldHandle));

    /// <inheritdoc cref="Command{T}(Action{T}, Predicate{T})"/>
    protected void Command<T>(Predicate<T> shouldHandle, Action<T> handler) => Command(handler, shouldHandle);

    /// <summary>Handles commands of a type; a handler that returns false leaves the command to the next.</summary>
    /// <exception cref="InvalidOperationException">Not while a behaviour is being built, or after a handler for everything.</exception>
    protected void Command<T>(Func<T, bool> handler) => AddCommand(Handler(handler));

    /// <inheritdoc cref="Command{T}(Action{T}, Predicate{T})"/>
    protected void Command(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
        AddCommand(Handler(messageType, handler, shouldHandle));

    /// <inheritdoc cref="Command{T}(Action{T}, Predicate{T})"/>
    protected void Command(Type messageType, Predicate<object> shouldHandle, Action<object> handler) =>
        Command(messageType, handler, shouldHandle);

    /// <inheritdoc cref="Command{T}(Func{T, bool})"/>
    protected void Command(Type messageType, Func<object, bool> handler) => AddCommand(Handler(messageType, handler));

    /// <inheritdoc cref="CommandAny"/>
    protected void Command(Action<object> handler) => CommandAny(handler);

    /// <summary>Handles every command that no handler before this has; none may follow.</summary>
    /// <exception cref="InvalidOperationException">Not while a behaviour is being built, or after a handler for everything.</exception>
    protected void CommandAny(Action<object> handler) => AddCommand(Handler(handler, null), isLast: true);

    /// <summary>As <see cref="CommandAny"/>, asynchronously.</summary>
    /// <inheritdoc cref="CommandAny"/>
    protected void CommandAnyAsync(Func<object, Task> handler) => AddCommand(Handler(Async(handler), null), isLast: true);

    /// <summary>Handles commands of a type asynchronously: no other command is taken until the task has ended.</summary>
    /// <exception cref="InvalidOperationException">Not while a behaviour is being built, or after a handler for everything.</exception>
    protected void CommandAsync<T>(Func<T, Task> handler, Predicate<T>? shouldHandle = null) => Command(Async(handler), shouldHandle);

    /// <inheritdoc cref="CommandAsync{T}(Func{T, Task}, Predicate{T})"/>
    protected void CommandAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) => CommandAsync(handler, shouldHandle);

    /// <inheritdoc cref="CommandAsync{T}(Func{T, Task}, Predicate{T})"/>
    protected void CommandAsync(Type messageType, Func<object, Task> handler, Predicate<object>? shouldHandle = null) =>
        Command(messageType, Async(handler), shouldHandle);

    /// <inheritdoc cref="CommandAsync{T}(Func{T, Task}, Predicate{T})"/>
    protected void CommandAsync(Type messageType, Predicate<object> shouldHandle, Func<object, Task> handler) =>
        CommandAsync(messageType, handler, shouldHandle);

    /// <summary>Handles recovery messages of a type, those only for which <paramref name="shouldHandle"/> holds if given.</summary>
    /// <exception cref="InvalidOperationException">Not in the constructor, or after a handler for everything.</exception>
    protected void Recover<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => AddRecover(Handler(handler, shouldHandle));

    /// <inheritdoc cref="Recover{T}(Action{T}, Predicate{T})"/>
    protected void Recover<T>(Predicate<T> shouldHandle, Action<T> handler) => Recover(handler, shouldHandle);

    /// <summary>Handles recovery messages of a type; a handler that returns false leaves the message to the next.</summary>
    /// <exception cref="InvalidOperationException">Not in the constructor, or after a handler for everything.</exception>
    protected void Recover<T>(Func<T, bool> handler) => AddRecover(Handler(handler));

    /// <inheritdoc cref="Recover{T}(Action{T}, Predicate{T})"/>
    protected void Recover(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
        AddRecover(Handler(messageType, handler, shouldHandle));

    /// <inheritdoc cref="Recover{T}(Action{T}, Predicate{T})"/>
    protected void Recover(Type messageType, Predicate<object> shouldHandle, Action<object> handler) =>
        Recover(messageType, handler, shouldHandle);

    /// <inheritdoc cref="Recover{T}(Func{T, bool})"/>
    protected void Recover(Type messageType, Func<object, bool> handler) => AddRecover(Handler(messageType, handler));

    /// <summary>Handles every recovery message that no handler before this has; none may follow.</summary>
    /// <exception cref="InvalidOperationException">Not in the constructor, or after a handler for everything.</exception>
    protected void RecoverAny(Action<object> handler) => AddRecover(Handler(handler, null), isLast: true);

    internal sealed override bool TryRecover(object message) => MessageHandler.Run(_recoverHandlers, message);

    private Receive Configure(Action configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var outer = _openCommands;
        var builder = _openCommands = new HandlerListBuilder();
        try
        {
            configure();
        }
        finally
        {
            _openCommands = outer;
        }

        var first = builder.First;
        return message => MessageHandler.Run(first, message);
    }

    private void AddCommand(MessageHandler handler, bool isLast = false) =>
        (
            _openCommands
            ?? throw new InvalidOperationException("You may only call Command-methods when constructing the actor and inside Become().")
        ).Add(handler, isLast);

    private void AddRecover(MessageHandler handler, bool isLast = false) =>
        (_openRecovers ?? throw new InvalidOperationException("You may only call Recover-methods when constructing the actor.")).Add(
            handler,
            isLast
        );

    private Action<T> Async<T>(Func<T, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return message => RunTask(() => handler(message));
    }

    private static MessageHandler Handler<T>(Action<T> handler, Predicate<T>? shouldHandle)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return shouldHandle is null ? new ActionHandler<T>(handler) : new ConditionalHandler<T>(handler, shouldHandle);
    }

    private static MessageHandler Handler<T>(Func<T, bool> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new FuncHandler<T>(handler);
    }

    private static MessageHandler Handler(Type messageType, Action<object> handler, Predicate<object>? shouldHandle)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Handler(
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
        );
    }

    private static MessageHandler Handler(Type messageType, Func<object, bool> handler)
    {
        ArgumentNullException.ThrowIfNull(messageType);
        ArgumentNullException.ThrowIfNull(handler);
        return new RuntimeTypeHandler(messageType, handler);
    }
}
