using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Dispatch.SysMsg;

namespace Akka.Dispatch;

/// <summary>
/// What waits for one actor, and the one atomic word that says whether it runs, is suspended, awaits a task, or is closed.
/// At most one thread is inside <c>Execute</c> at any time; everything marked "consumer" belongs to that thread.
/// </summary>
internal sealed class Mailbox(ActorCell cell) : IThreadPoolWorkItem
{
    // The state word: three flags, above them the number of unmatched suspends.
    private const int Scheduled = 1;
    private const int Closed = 2;
    private const int AwaitingTask = 4;
    private const int OneSuspend = 8;
    private const int NoUserMessages = ~Scheduled;

    /// <summary>How many messages pass between two looks at the clock, which costs as much as a message does.</summary>
    private const int MessagesPerClockCheck = 8;

    private readonly EnvelopeQueue _queue = new();
    private int _state;

    /// <summary>System messages, newest first; <see cref="SystemMessage.ClosedQueue"/> once closed.</summary>
    private SystemMessage? _system;

    /// <summary>Envelopes to take before the queue's, put there by unstashing. Consumer.</summary>
    private LinkedList<Envelope>? _front;

    public bool IsClosed => (Volatile.Read(ref _state) & Closed) != 0;

    public bool IsSuspended => Volatile.Read(ref _state) >= OneSuspend;

    public bool IsAwaitingTask => (Volatile.Read(ref _state) & AwaitingTask) != 0;

    private bool HasUserMessages => _front is { Count: > 0 } || _queue.HasClaimedSlots;

    /// <summary>Adds a user message. Any thread.</summary>
    /// <returns>False when the actor is gone and the message is a dead letter.</returns>
    public bool Enqueue(in Envelope envelope)
    {
        if (IsClosed)
        {
            return false;
        }
        _queue.Enqueue(envelope);
        // The claim of the slot was a full fence: either this sees the mailbox idle, or the consumer that makes it idle sees the claim.
        var state = Volatile.Read(ref _state);
        if ((state & Scheduled) == 0 && CanTakeUserMessages(state))
        {
            TrySchedule();
        }
        return true;
    }

    /// <summary>Puts envelopes before everything that waits, keeping their order. Consumer.</summary>
    public void Prepend(IReadOnlyList<Envelope> envelopes)
    {
        _front ??= new LinkedList<Envelope>();
        for (var i = envelopes.Count - 1; i >= 0; i--)
        {
            _front.AddFirst(envelopes[i]);
        }
    }

    /// <summary>Adds a system message without waking the actor: for what must be there before its start.</summary>
    public bool SystemEnqueue(SystemMessage message)
    {
        while (true)
        {
            var head = Volatile.Read(ref _system);
            if (ReferenceEquals(head, SystemMessage.ClosedQueue))
            {
                return false;
            }
            message.Next = head;
            if (Interlocked.CompareExchange(ref _system, message, head) == head)
            {
                return true;
            }
        }
    }

    /// <summary>Queues the mailbox on the thread pool unless it is there already or has nothing to do. Any thread.</summary>
    public void TrySchedule()
    {
        var state = Volatile.Read(ref _state);
        while ((state & Scheduled) == 0)
        {
            var seen = Interlocked.CompareExchange(ref _state, state | Scheduled, state);
            if (seen == state)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }
            state = seen;
        }
    }

    public void Suspend() => Interlocked.Add(ref _state, OneSuspend);

    /// <summary>Takes back one suspend; the caller is the consumer, which looks for messages afterwards.</summary>
    public void Resume()
    {
        if (IsSuspended)
        {
            Interlocked.Add(ref _state, -OneSuspend);
        }
    }

    public void BeginTask() => Interlocked.Or(ref _state, AwaitingTask);

    public void EndTask() => Interlocked.And(ref _state, ~AwaitingTask);

    /// <summary>Refuses everything from now on; what still waits goes to the dead letters. Consumer.</summary>
    public void Close()
    {
        Interlocked.Or(ref _state, Closed);
        DrainToDeadLetters();
    }

    void IThreadPoolWorkItem.Execute()
    {
        var before = InternalCurrentActorCellKeeper.Current;
        InternalCurrentActorCellKeeper.Current = cell;
        try
        {
            ProcessSystemMessages();
            ProcessUserMessages();
            if (IsClosed)
            {
                DrainToDeadLetters();
            }
            cell.EndRun();
        }
        finally
        {
            InternalCurrentActorCellKeeper.Current = before;
            Interlocked.And(ref _state, ~Scheduled);
            if (HasWork())
            {
                TrySchedule();
            }
        }
    }

    private bool HasWork()
    {
        var system = Volatile.Read(ref _system);
        if (system is not null && !ReferenceEquals(system, SystemMessage.ClosedQueue))
        {
            return true;
        }
        return CanTakeUserMessages(Volatile.Read(ref _state)) && HasUserMessages;
    }

    /// <summary>An open mailbox takes them to the actor, a closed one to the dead letters, a suspended or awaiting one keeps them.</summary>
    private static bool CanTakeUserMessages(int state) => (state & Closed) != 0 || (state & NoUserMessages) == 0;

    private void ProcessUserMessages()
    {
        var dispatcher = cell.SystemImpl.Dispatcher;
        var left = dispatcher.Throughput;
        var started = TimeProvider.System.GetTimestamp();
        while (left-- > 0 && (Volatile.Read(ref _state) & NoUserMessages) == 0 && TryDequeue(out var envelope))
        {
            cell.Invoke(envelope);
            if (Volatile.Read(ref _system) is not null)
            {
                ProcessSystemMessages();
            }
            if (left % MessagesPerClockCheck == 0 && TimeProvider.System.GetElapsedTime(started) > dispatcher.Deadline)
            {
                return;
            }
        }
    }

    private bool TryDequeue(out Envelope envelope)
    {
        if (_front is { First: { } first })
        {
            envelope = first.Value;
            _front.RemoveFirst();
            return true;
        }
        return _queue.TryDequeue(out envelope);
    }

    /// <summary>One batch only: an actor whose tasks keep posting continuations must not hold the thread for ever.</summary>
    private void ProcessSystemMessages()
    {
        var message = TakeSystemMessages(null);
        while (message is not null)
        {
            var next = message.Next;
            message.Next = null;
            if (IsClosed)
            {
                ActorSystemImpl.DeadSystemMessage(message, cell.Self);
            }
            else
            {
                cell.SystemInvoke(message);
            }
            message = next;
        }
    }

    /// <summary>Takes all system messages, oldest first, and leaves <paramref name="replacement"/>.</summary>
    private SystemMessage? TakeSystemMessages(SystemMessage? replacement)
    {
        if (
            replacement is null && Volatile.Read(ref _system) is null
            || ReferenceEquals(Volatile.Read(ref _system), SystemMessage.ClosedQueue)
        )
        {
            return null;
        }
        return SystemMessage.Reverse(Interlocked.Exchange(ref _system, replacement));
    }

    private void DrainToDeadLetters()
    {
        var message = TakeSystemMessages(SystemMessage.ClosedQueue);
        while (message is not null)
        {
            var next = message.Next;
            message.Next = null;
            ActorSystemImpl.DeadSystemMessage(message, cell.Self);
            message = next;
        }
        while (TryDequeue(out var envelope))
        {
            cell.SystemImpl.DeadLetter(envelope.Message, envelope.Sender, cell.Self);
        }
    }
}
