using Rig.Cluster.Remote;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Tests.Remote;

/// <summary>Transcripts of one connection under virtual time.</summary>
public sealed class LinkStateTests
{
    private static readonly LinkOptions Options = new()
    {
        MostHandlers = 1,
        MostFrames = 2,
        MostBytes = 100,
    };

    private readonly LinkTally _tally = new();
    private readonly LinkState _state;

    public LinkStateTests() => _state = new LinkState(Options, _tally, TimeSpan.Zero);

    [Fact]
    public void A_heartbeat_is_due_at_once_and_then_each_second() =>
        Assert.Equal(
            ["0: heartbeat", "1: heartbeat", "2: heartbeat", "3: Silent"],
            Enumerable.Range(0, 13).Select(quarter => At(quarter / 4.0)).OfType<string>()
        );

    [Fact]
    public void Any_byte_puts_off_the_end_by_silence()
    {
        _state.Heard(TimeSpan.FromSeconds(2));
        Assert.IsNotType<LinkEffect.Close>(_state.Tick(TimeSpan.FromSeconds(4.9)));
        Assert.Equal(LinkCount.Silent, Assert.IsType<LinkEffect.Close>(_state.Tick(TimeSpan.FromSeconds(5))).Count);
    }

    [Fact]
    public void A_peer_that_takes_too_long_for_a_frame_is_stalled_although_it_speaks()
    {
        _state.Sending(TimeSpan.FromSeconds(1));
        _state.Heard(TimeSpan.FromSeconds(10));
        Assert.IsType<LinkEffect.Send>(_state.Tick(TimeSpan.FromSeconds(10.9)));
        Assert.Equal(LinkCount.Stalled, Assert.IsType<LinkEffect.Close>(_state.Tick(TimeSpan.FromSeconds(11))).Count);
        _state.Sending(null);
        Assert.IsType<LinkEffect.Send>(_state.Tick(TimeSpan.FromSeconds(12)));
    }

    [Fact]
    public void The_link_is_up_with_the_first_frame()
    {
        Assert.False(_state.IsUp);
        Assert.Null(_state.Receive(new LinkFrame(LinkFrameKind.Heartbeat), 20));
        Assert.True(_state.IsUp);
    }

    [Fact]
    public void Answers_find_their_asks_in_any_order_and_once()
    {
        PendingAsk first = new();
        PendingAsk second = new();
        Assert.Equal((1, 2), (_state.Open(first), _state.Open(second)));
        Assert.Same(second, Assert.IsType<LinkEffect.Answered>(Answer(2)).Ask);
        Assert.Null(Answer(2));
        LinkEffect.Faulted fault = Assert.IsType<LinkEffect.Faulted>(
            _state.Receive(new LinkFrame(LinkFrameKind.Fault, 1, Reason: "no"), 10)
        );
        Assert.Equal((first, "no"), (fault.Ask, fault.Reason));
        Assert.Equal(1, _tally[LinkCount.StrayAnswers]);
    }

    [Fact]
    public void An_answer_that_nobody_waits_for_is_counted_and_changes_nothing()
    {
        long? late = _state.Open(new PendingAsk());
        _state.Forget(late!.Value);
        Assert.Null(Answer(1));
        Assert.Null(Answer(77));
        Assert.Null(Answer(long.MaxValue));
        Assert.Equal(3, _tally[LinkCount.StrayAnswers]);
    }

    [Fact]
    public void Messages_begin_in_order_within_their_bound_and_what_is_too_much_is_said()
    {
        Assert.Equal("a", Handled(Tell("a", 10)));
        Assert.Null(Tell("b", 10));
        Assert.Null(Tell("c", 10));
        Assert.Null(Tell("d", 10));
        LinkEffect.Send busy = Assert.IsType<LinkEffect.Send>(Ask(9, 10));
        Assert.Equal((LinkFrameKind.Fault, 9L), (busy.Frame.Kind, busy.Frame.Id));
        Assert.Equal(2, _tally[LinkCount.DroppedBusy]);

        Assert.Equal("b", Handled(_state.Finished()));
        Assert.Equal("c", Handled(_state.Finished()));
        Assert.Null(_state.Finished());
        Assert.Equal("e", Handled(Tell("e", 10)));
    }

    [Fact]
    public void Waiting_messages_are_bounded_in_bytes_too()
    {
        Tell("a", 1);
        Assert.Null(Tell("b", 60));
        Assert.Null(Tell("c", 41));
        Assert.Equal(1, _tally[LinkCount.DroppedBusy]);
        Assert.Null(Tell("d", 40));
        Assert.Equal(1, _tally[LinkCount.DroppedBusy]);
    }

    [Fact]
    public void The_end_returns_every_open_ask_and_takes_nothing_more()
    {
        PendingAsk ask = new();
        _state.Open(ask);
        Tell("a", 1);
        Tell("b", 1);
        Assert.Same(ask, Assert.Single(_state.End()));
        Assert.Equal(1, _tally[LinkCount.DroppedUnreachable]);
        Assert.Null(_state.Open(new PendingAsk()));
        Assert.Null(Tell("c", 1));
        Assert.Null(Answer(1));
        Assert.Null(_state.Tick(TimeSpan.FromHours(1)));
        Assert.Null(_state.Finished());
    }

    private string? At(double seconds) =>
        _state.Tick(TimeSpan.FromSeconds(seconds)) switch
        {
            LinkEffect.Send { Frame.Kind: LinkFrameKind.Heartbeat } => $"{seconds}: heartbeat",
            LinkEffect.Close close => $"{seconds}: {close.Count}",
            null => null,
            var other => $"{seconds}: {other}",
        };

    private LinkEffect? Tell(string path, int bytes) =>
        _state.Receive(new LinkFrame(LinkFrameKind.Tell, Path: path, Message: new Done()), bytes);

    private LinkEffect? Ask(long id, int bytes) => _state.Receive(new LinkFrame(LinkFrameKind.Ask, id, "a", new Done()), bytes);

    private LinkEffect? Answer(long id) => _state.Receive(new LinkFrame(LinkFrameKind.Answer, id, Message: new Done()), 10);

    private static string? Handled(LinkEffect? effect) => Assert.IsType<LinkEffect.Handle>(effect).Frame.Path;
}
