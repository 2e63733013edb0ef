using Rig.Cluster.Remote;

namespace Rig.Cluster.Tests.Remote;

public sealed class BoundsTests
{
    [Fact]
    public void Waits_double_up_to_the_longest_and_begin_anew_after_a_good_connection()
    {
        Backoff backoff = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));
        int[] waits = [.. Enumerable.Range(0, 8).Select(_ => (int)backoff.Next(1).TotalMilliseconds)];
        Assert.Equal([100, 200, 400, 800, 1600, 3200, 5000, 5000], waits);
        backoff.Reset();
        Assert.Equal(50, backoff.Next(0).TotalMilliseconds);
    }

    [Fact]
    public async Task The_outgoing_queue_is_bounded_by_frames_until_the_socket_has_taken_one()
    {
        OutgoingQueue queue = new(new LinkOptions { MostFrames = 2 });
        Assert.True(queue.TryAdd(new byte[10]));
        Assert.True(queue.TryAdd(new byte[20]));
        Assert.False(queue.TryAdd(new byte[1]));
        ReadOnlyMemory<byte> taken = (await queue.TakeAsync())!.Value;
        Assert.False(queue.TryAdd(new byte[1]));
        queue.Sent(taken);
        Assert.Equal((1, 20), queue.Waiting);
        Assert.True(queue.TryAdd(new byte[1]));
    }

    [Fact]
    public void The_outgoing_queue_is_bounded_by_bytes()
    {
        OutgoingQueue queue = new(new LinkOptions { MostBytes = 100 });
        Assert.True(queue.TryAdd(new byte[60]));
        Assert.False(queue.TryAdd(new byte[41]));
        Assert.True(queue.TryAdd(new byte[40]));
    }

    [Fact]
    public async Task A_heartbeat_needs_no_room_and_only_one_waits()
    {
        OutgoingQueue queue = new(new LinkOptions { MostFrames = 0 });
        queue.AddHeartbeat();
        queue.AddHeartbeat();
        ReadOnlyMemory<byte> first = (await queue.TakeAsync())!.Value;
        queue.Sent(first);
        Assert.Equal(FrameCodec.Heartbeat, first);
        Assert.Equal(0, queue.Close());
        Assert.Null(await queue.TakeAsync());
    }

    [Fact]
    public async Task A_closed_queue_says_how_much_was_left_and_takes_nothing()
    {
        OutgoingQueue queue = new(new LinkOptions());
        queue.TryAdd(new byte[1]);
        queue.TryAdd(new byte[1]);
        Assert.Equal(2, queue.Close());
        Assert.Null(await queue.TakeAsync());
        Assert.False(queue.TryAdd(new byte[1]));
    }
}
