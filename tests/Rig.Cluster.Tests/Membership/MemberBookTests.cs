using Rig.Cluster.Membership;
using Rig.Contracts.Cluster;
using static Rig.Cluster.Membership.MemberChange;

namespace Rig.Cluster.Tests.Membership;

/// <summary>News in, events out; the book belongs to node A.</summary>
public sealed class MemberBookTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly MemberBook _book = new(Node("A"), Start);
    private DateTimeOffset _now = Start;

    [Fact]
    public void The_node_itself_is_up_and_reachable_whatever_the_engine_says()
    {
        Assert.Empty(Take(new Gone("A")));
        Assert.Empty(Take(new Listed([])));
        Assert.Empty(Take(new Reach("A", false)));
        Assert.Equal("A Up reachable", Text(Assert.Single(_book.Current)));
    }

    [Fact]
    public void A_member_comes_is_reached_is_lost_from_sight_and_fails()
    {
        Assert.Equal(["B Up away"], Take(new Present(Node("B"))));
        Assert.Equal(["B Up reachable"], Take(new Reach("B", true)));
        Assert.Equal(["B Up away"], Take(new Reach("B", false)));
        Assert.Equal(["B Failed away"], Take(new Gone("B")));
    }

    [Fact]
    public void Whoever_was_reached_before_it_was_known_is_reachable_at_once()
    {
        Assert.Empty(Take(new Reach("B", true)));
        Assert.Equal(["B Up reachable"], Take(new Present(Node("B"))));
    }

    [Fact]
    public void A_farewell_makes_the_difference_between_left_and_failed()
    {
        Member member = Node("B");
        Take(new Present(member));
        Assert.Equal(["B Left away"], Take(new Farewell("B", member.Incarnation)));
        Assert.Empty(Take(new Gone("B")));
    }

    [Fact]
    public void The_farewell_of_an_earlier_incarnation_says_nothing_about_the_present_one()
    {
        Member before = Node("B");
        Take(new Present(before));
        Assert.Equal(["B Up away"], Take(new Present(Node("B"))));
        Assert.Empty(Take(new Farewell("B", before.Incarnation)));
    }

    [Fact]
    public void News_that_are_known_are_no_news()
    {
        Member member = Node("B", "cam0");
        Take(new Present(member));
        Assert.Empty(Take(new Present(member with { Cameras = ["cam0"] })));
        Assert.DoesNotContain(Take(new Listed([Node("A"), member])), text => text.StartsWith('B'));
        Assert.Empty(Take(new Reach("B", false)));
        Assert.Empty(Take(new Gone("C")));
    }

    [Fact]
    public void New_cameras_are_news_and_the_state_is_as_old_as_before()
    {
        Member member = Node("B", "cam0");
        Take(new Present(member));
        _now += TimeSpan.FromMinutes(1);
        Assert.Equal(["B Up away"], Take(new Present(member with { Cameras = ["cam0", "cam1"] })));
        Assert.Equal(Start, View("B").StateSince);
        Assert.Equal(["cam0", "cam1"], View("B").Member.Cameras);
    }

    [Fact]
    public void A_list_fails_who_is_missing_and_brings_who_is_new()
    {
        Take(new Present(Node("B")));
        Take(new Present(Node("C")));
        Assert.Equal(["B Failed away", "D Up away"], Take(new Listed([View("A").Member, View("C").Member, Node("D")])));
    }

    [Fact]
    public void Who_comes_back_is_up_since_then()
    {
        Take(new Present(Node("B")));
        Take(new Gone("B"));
        _now += TimeSpan.FromMinutes(1);
        Assert.Equal(["B Up away"], Take(new Present(Node("B"))));
        Assert.Equal(_now, View("B").StateSince);
    }

    [Fact]
    public void Departed_members_are_shown_for_ten_minutes()
    {
        Take(new Present(Node("B")));
        Take(new Gone("B"));
        _book.Forget(Start + TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        Assert.Equal(2, _book.Current.Count);
        _book.Forget(Start + TimeSpan.FromMinutes(10));
        Assert.Equal("A", Assert.Single(_book.Current).Member.NodeId);
    }

    private static Member Node(string nodeId, params string[] cameras) =>
        new()
        {
            NodeId = nodeId,
            LinkAddress = "https://localhost:1",
            HttpAddress = "http://localhost:2",
            Incarnation = Guid.NewGuid(),
            Version = "0.1.0",
            Cameras = cameras,
            Since = Start,
        };

    private static string Text(MemberView view) => $"{view.Member.NodeId} {view.State} {(view.Reachable ? "reachable" : "away")}";

    private IReadOnlyList<string> Take(MemberChange change) => [.. _book.Take(_now, change).Select(news => Text(news.Member))];

    private MemberView View(string nodeId) => _book.Current.Single(view => view.Member.NodeId == nodeId);
}
