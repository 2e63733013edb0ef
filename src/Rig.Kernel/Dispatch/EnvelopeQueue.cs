using Akka.Actor;

namespace Akka.Dispatch;

/// <summary>
/// Unbounded queue of envelopes for many producers and one consumer, in rings linked one behind the other.
/// A ring whose consumer keeps up is reused for ever, so that a message costs no allocation; a full ring is frozen and the
/// producers go on in a larger one. Producers never wait for the consumer.
/// </summary>
internal sealed class EnvelopeQueue
{
    /// <summary>Most actors never have more than a few messages waiting: four slots are 96 bytes.</summary>
    private const int FirstRing = 4;

    /// <summary>2,048 slots of 24 bytes stay below the large object heap's threshold of 85,000 bytes.</summary>
    private const int LargestRing = 2048;

    private const int GrowthFactor = 4;

    /// <summary>Rounds the consumer waits for a producer that stands between claiming and filling its slot.</summary>
    private const int PublishSpins = 20;

    private Ring _producers;
    private Ring _consumer;

    public EnvelopeQueue() => _producers = _consumer = new Ring(FirstRing);

    /// <summary>
    /// True when a slot has been claimed, even if its producer has not filled it yet: whoever has just declared the mailbox
    /// idle must then run again, since the claiming producer may have seen it busy. Consumer only.
    /// </summary>
    public bool HasClaimedSlots => _consumer.Next is not null || Volatile.Read(ref _consumer.Tail) != _consumer.Head;

    /// <summary>Adds an envelope at the end. Any thread.</summary>
    public void Enqueue(in Envelope envelope)
    {
        while (true)
        {
            var ring = Volatile.Read(ref _producers);
            if (ring.TryEnqueue(envelope))
            {
                return;
            }
            Grow(ring);
        }
    }

    /// <summary>Takes the oldest envelope. Consumer only.</summary>
    /// <returns>False when there is none, or when the oldest slot is claimed and not filled for longer than a short spin.</returns>
    public bool TryDequeue(out Envelope envelope)
    {
        var spin = 0;
        while (true)
        {
            var ring = _consumer;
            if (ring.TryDequeue(out envelope))
            {
                return true;
            }
            if (ring.IsDrained)
            {
                _consumer = ring.Next!;
                continue;
            }
            if (Volatile.Read(ref ring.Tail) == ring.Head || spin++ == PublishSpins)
            {
                return false;
            }
            Thread.SpinWait(spin);
        }
    }

    private void Grow(Ring full)
    {
        lock (full)
        {
            if (_producers != full)
            {
                return;
            }
            var next = new Ring(Math.Min(full.Length * GrowthFactor, LargestRing));
            full.Freeze();
            Volatile.Write(ref full.Next, next);
            Volatile.Write(ref _producers, next);
        }
    }

    /// <summary>
    /// A ring of slots. A slot's sequence says whose turn it is: equal to the tail, a producer's; one more, the consumer's.
    /// Counters wrap, therefore only their differences are compared.
    /// </summary>
    private sealed class Ring
    {
        public int Head;
        public int Tail;
        public Ring? Next;
        private readonly Slot[] _slots;

        public Ring(int length)
        {
            _slots = new Slot[length];
            for (var i = 0; i < length; i++)
            {
                _slots[i].Sequence = i;
            }
        }

        public int Length => _slots.Length;

        /// <summary>Twice the length: beyond the reach of any sequence, so that a frozen ring looks full for ever.</summary>
        private int FreezeOffset => _slots.Length * 2;

        /// <summary>True when frozen and everything in it has been taken.</summary>
        public bool IsDrained => Volatile.Read(ref Next) is not null && Volatile.Read(ref Tail) - FreezeOffset == Head;

        public void Freeze() => Interlocked.Add(ref Tail, FreezeOffset);

        public bool TryEnqueue(in Envelope envelope)
        {
            while (true)
            {
                var tail = Volatile.Read(ref Tail);
                ref var slot = ref _slots[tail & (_slots.Length - 1)];
                var ahead = Volatile.Read(ref slot.Sequence) - tail;
                if (ahead == 0 && Interlocked.CompareExchange(ref Tail, tail + 1, tail) == tail)
                {
                    slot.Envelope = envelope;
                    Volatile.Write(ref slot.Sequence, tail + 1);
                    return true;
                }
                if (ahead < 0)
                {
                    return false;
                }
            }
        }

        public bool TryDequeue(out Envelope envelope)
        {
            ref var slot = ref _slots[Head & (_slots.Length - 1)];
            if (Volatile.Read(ref slot.Sequence) != Head + 1)
            {
                envelope = default;
                return false;
            }
            envelope = slot.Envelope;
            slot.Envelope = default;
            Volatile.Write(ref slot.Sequence, Head + _slots.Length);
            Head++;
            return true;
        }
    }

    private struct Slot
    {
        public Envelope Envelope;
        public int Sequence;
    }
}
