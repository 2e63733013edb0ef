using Rig.Contracts.Events;
using Rig.Node.Events;

namespace Rig.Node.Tests.Events;

/// <summary>The ring of the newest events and its readers.</summary>
public sealed class EventBrokerTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly EventBroker _broker = new(new Clock(Noon));

    [Fact]
    public void A_reader_begins_with_the_next_event_or_after_the_last_one_it_saw()
    {
        long first = Publish("one").Id;
        EventCursor fresh = _broker.Open(null);
        EventCursor back = _broker.Open(first);
        Assert.Null(fresh.TryRead(out _));
        Publish("two");
        Assert.Equal("two", fresh.TryRead(out long missed)?.Topic);
        Assert.Equal("two", back.TryRead(out _)?.Topic);
        Assert.Equal(0, missed);
        Assert.Null(back.TryRead(out _));
    }

    [Fact]
    public void Who_was_left_behind_is_told_by_how_much()
    {
        EventCursor slow = _broker.Open(null);
        for (int i = 0; i < EventBroker.Kept + 7; i++)
        {
            Publish($"{i}");
        }

        Assert.Equal("7", slow.TryRead(out long missed)?.Topic);
        Assert.Equal(7, missed);
        Assert.Equal("8", slow.TryRead(out missed)?.Topic);
        Assert.Equal(0, missed);
    }

    [Theory]
    [InlineData(-1_000_000_000)]
    [InlineData(1_000_000_000)]
    public void A_number_of_another_run_brings_all_that_is_kept_and_the_word_that_there_may_be_a_gap(long off)
    {
        long last = Publish("one").Id;
        EventCursor foreign = _broker.Open(last + off);
        Assert.Equal("one", foreign.TryRead(out long missed)?.Topic);
        Assert.Equal(-1, missed);
        Assert.Null(foreign.TryRead(out missed));
        Assert.Equal(0, missed);
    }

    [Fact]
    public void Numbers_grow_from_one_run_to_the_next()
    {
        for (int i = 0; i < 1000; i++)
        {
            Publish("busy");
        }

        Assert.True(new EventBroker(new Clock(Noon.AddSeconds(1))).Last > _broker.Last);
    }

    [Fact]
    public async Task Waiting_ends_with_the_next_event()
    {
        EventCursor cursor = _broker.Open(null);
        Task waiting = cursor.WaitAsync(CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        Publish("one");
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(cursor.WaitAsync(CancellationToken.None).IsCompletedSuccessfully);
        Assert.NotNull(cursor.TryRead(out _));
        using CancellationTokenSource cancel = new();
        waiting = cursor.WaitAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Many_readers_get_every_event_once_and_in_order()
    {
        const int events = 2000;
        Task<int>[] readers = [.. Enumerable.Range(0, 8).Select(_ => ReadAsync(_broker.Open(null), events))];
        for (int i = 0; i < events; i++)
        {
            Publish("e");
        }

        Assert.All(await Task.WhenAll(readers).WaitAsync(TimeSpan.FromSeconds(30)), read => Assert.Equal(events, read));
    }

    [Theory]
    [InlineData(null, "recording.start", true)]
    [InlineData("", "recording.start", true)]
    [InlineData("recording.*", "recording.start", true)]
    [InlineData("recording.*", "record", false)]
    [InlineData("mark.added, alarm.*", "mark.added", true)]
    [InlineData("mark.added", "mark.added.later", false)]
    public void Topics_are_chosen_by_name_or_prefix(string? topics, string topic, bool wanted) =>
        Assert.Equal(wanted, TopicFilter.Parse(topics).Wants(topic));

    [Fact]
    public void A_notification_is_the_event_in_JSON_RPCs_words()
    {
        MarkAdded mark = new("S", new Rig.Contracts.Sessions.Mark("goal", Noon)) { Time = Noon, Node = "N" };
        Assert.Equal(
            """{"jsonrpc":"2.0","method":"mark.added","params":{"topic":"mark.added","sessionId":"S","mark":{"name":"goal","at":"2026-03-01T12:00:00.000000Z"},"time":"2026-03-01T12:00:00.000000Z","node":"N"}}""",
            System.Text.Encoding.UTF8.GetString(_broker.Publish(mark).Notification.Span)
        );
    }

    private static async Task<int> ReadAsync(EventCursor cursor, int events)
    {
        long last = 0;
        int read = 0;
        while (read < events)
        {
            if (cursor.TryRead(out long missed) is { } news)
            {
                Assert.Equal(0, missed);
                Assert.True(last == 0 || news.Id == last + 1);
                (last, read) = (news.Id, read + 1);
            }
            else
            {
                await cursor.WaitAsync(CancellationToken.None);
            }
        }

        return read;
    }

    private NumberedEvent Publish(string topic) => _broker.Publish("N", topic, "{}");

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
