using Akka.Actor;

namespace Akka.Persistence;

/// <summary>The handlers of one behaviour while it is being built: open in the constructor or in Become, closed afterwards.</summary>
internal sealed class HandlerListBuilder
{
    private MessageHandler? _last;
    private bool _isComplete;

    public MessageHandler? First { get; private set; }

    /// <param name="handler">Asked after all that were added before.</param>
    /// <param name="isLast">True when it takes every message, so that one added later would never be asked.</param>
    public void Add(MessageHandler handler, bool isLast)
    {
        if (_isComplete)
        {
            throw new InvalidOperationException("A handler that catches all messages has been added. No handler can be added after that.");
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
        _isComplete = isLast;
    }
}
