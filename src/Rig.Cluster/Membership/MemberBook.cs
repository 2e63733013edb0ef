using Rig.Contracts.Cluster;

namespace Rig.Cluster.Membership;

/// <summary>
/// Who is here, as one node sees it: folds news into views and tells what changed. A pure step function; the node itself is up until it says goodbye, whatever the engine forgot.
/// </summary>
public sealed class MemberBook
{
    /// <summary>Departed members are shown for so long: enough for an operator to see who went.</summary>
    public static readonly TimeSpan KeepDeparted = TimeSpan.FromMinutes(10);

    private readonly string _self;
    private readonly SortedDictionary<string, MemberView> _views = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reachable = new(StringComparer.Ordinal);

    public MemberBook(Member self, DateTimeOffset now)
    {
        _self = self.NodeId;
        _views[_self] = new MemberView(self, MemberState.Up, Reachable: true, now);
    }

    /// <summary>In the order of names.</summary>
    public IReadOnlyList<MemberView> Current => [.. _views.Values];

    /// <summary>Takes news in and tells what they changed; nothing when they were known.</summary>
    public IReadOnlyList<MemberChanged> Take(DateTimeOffset now, MemberChange change)
    {
        Forget(now);
        return change switch
        {
            MemberChange.Present present => Announce(now, present.Member),
            MemberChange.Listed listed =>
            [
                .. Missing(listed.Members).SelectMany(id => Depart(now, id, MemberState.Failed)),
                .. listed.Members.SelectMany(member => Announce(now, member)),
            ],
            MemberChange.Farewell farewell => Goodbye(now, farewell),
            MemberChange.Gone gone => gone.NodeId == _self ? [] : Depart(now, gone.NodeId, MemberState.Failed),
            MemberChange.Reach reach => Reach(reach.NodeId, reach.Reachable),
            _ => throw new ArgumentOutOfRangeException(nameof(change), change, "Not a known kind of news."),
        };
    }

    /// <summary>Lets go of those who went long ago.</summary>
    public void Forget(DateTimeOffset now)
    {
        foreach (
            MemberView old in _views.Values.Where(view => view.State != MemberState.Up && now - view.StateSince >= KeepDeparted).ToArray()
        )
        {
            _views.Remove(old.Member.NodeId);
        }
    }

    private IReadOnlyList<MemberChanged> Announce(DateTimeOffset now, Member member)
    {
        MemberView? known = _views.GetValueOrDefault(member.NodeId);
        bool same = known?.State == MemberState.Up && known.Member.Incarnation == member.Incarnation;
        if (same && SameAnnouncement(known!.Member, member))
        {
            return [];
        }

        bool reachable = member.NodeId == _self || _reachable.Contains(member.NodeId);
        return Set(new MemberView(member, MemberState.Up, reachable, same ? known!.StateSince : now));
    }

    private IReadOnlyList<MemberChanged> Goodbye(DateTimeOffset now, MemberChange.Farewell farewell) =>
        _views.GetValueOrDefault(farewell.NodeId)?.Member.Incarnation == farewell.Incarnation
            ? Depart(now, farewell.NodeId, MemberState.Left)
            : [];

    private IReadOnlyList<MemberChanged> Depart(DateTimeOffset now, string nodeId, MemberState state) =>
        _views.GetValueOrDefault(nodeId) is { State: MemberState.Up } view ? Set(view with { State = state, StateSince = now }) : [];

    private IReadOnlyList<MemberChanged> Reach(string nodeId, bool reachable)
    {
        _ = reachable ? _reachable.Add(nodeId) : _reachable.Remove(nodeId);
        return nodeId != _self && _views.GetValueOrDefault(nodeId) is { } view && view.Reachable != reachable
            ? Set(view with { Reachable = reachable })
            : [];
    }

    private IReadOnlyList<MemberChanged> Set(MemberView view)
    {
        _views[view.Member.NodeId] = view;
        return [new MemberChanged(view)];
    }

    private string[] Missing(IReadOnlyList<Member> listed)
    {
        HashSet<string> present = [.. listed.Select(member => member.NodeId), _self];
        return [.. _views.Keys.Where(nodeId => !present.Contains(nodeId))];
    }

    /// <summary>Records compare lists by identity; these two come from different readings.</summary>
    private static bool SameAnnouncement(Member one, Member other) =>
        one.Cameras.SequenceEqual(other.Cameras, StringComparer.Ordinal)
        && one.Roles.SequenceEqual(other.Roles, StringComparer.Ordinal)
        && one == other with { Cameras = one.Cameras, Roles = one.Roles };
}
