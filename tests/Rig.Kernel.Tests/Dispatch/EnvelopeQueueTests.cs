using Akka.Actor;
using Akka.Dispatch;

namespace Rig.Kernel.Tests.Dispatch;

public sealed class EnvelopeQueueTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(10_000)]
    public void What_was_put_in_comes_out_in_the_same_order(int count)
    {
        var queue = new EnvelopeQueue();
        for (var i = 0; i < count; i++)
        {
            queue.Enqueue(new Envelope(i, ActorRefs.Nobody));
        }
        for (var i = 0; i < count; i++)
        {
            Assert.True(queue.TryDequeue(out var envelope));
            Assert.Equal(i, envelope.Message);
        }
        Assert.False(queue.TryDequeue(out _));
        Assert.False(queue.HasClaimedSlots);
    }

    [Fact]
    public async Task Many_producers_lose_nothing_and_keep_each_its_own_order()
    {
        const int Producers = 4;
        const int Each = 20_000;
        var queue = new EnvelopeQueue();
        var producing = Enumerable.Range(0, Producers).Select(producer => Task.Run(() => Produce(queue, producer, Each))).ToArray();
        var next = new int[Producers];
        for (var taken = 0; taken < Producers * Each; )
        {
            if (!queue.TryDequeue(out var envelope))
            {
                await Task.Yield();
                continue;
            }
            var (producer, number) = ((int, int))envelope.Message;
            Assert.Equal(next[producer]++, number);
            taken++;
        }
        await Task.WhenAll(producing);
        Assert.False(queue.HasClaimedSlots);
    }

    [Fact]
    public void A_queue_that_is_kept_short_allocates_nothing()
    {
        var queue = new EnvelopeQueue();
        var envelope = new Envelope("message", ActorRefs.Nobody);
        Cycle(queue, envelope);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100_000; i++)
        {
            Cycle(queue, envelope);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Cycle(EnvelopeQueue queue, Envelope envelope)
    {
        queue.Enqueue(envelope);
        queue.Enqueue(envelope);
        queue.TryDequeue(out _);
        queue.TryDequeue(out _);
    }

    private static void Produce(EnvelopeQueue queue, int producer, int count)
    {
        for (var i = 0; i < count; i++)
        {
            queue.Enqueue(new Envelope((producer, i), ActorRefs.Nobody));
        }
    }
}
