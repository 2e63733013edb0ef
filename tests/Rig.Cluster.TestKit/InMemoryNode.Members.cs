using System.Text;
using System.Text.Json;
using Rig.Cluster.Election;
using Rig.Cluster.Membership;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.TestKit;

public sealed partial class InMemoryNode
{
    private const string MemberPrefix = "members/";
    private const string FarewellMark = "farewell ";

    private (long? Lease, Member? Member) _announced;
    private bool _announcing;

    private string MemberKey => MemberPrefix + Self.NodeId;

    /// <summary>Keeps what the store has of this node up to date: on the lease of now, with the cameras of now.</summary>
    private void PutAnnouncement()
    {
        if (_announcing || _candidacy.Lease is not { } lease || _announced == (lease, Self))
        {
            return;
        }

        _announcing = true;
        Member member = Self;
        Engine.Call(
            store => store.TryPut(MemberKey, JsonSerializer.SerializeToUtf8Bytes(member), lease),
            done =>
            {
                _announcing = false;
                _announced = done ? (lease, member) : default;
                _joined.TrySetResult();
                PutAnnouncementIfAlive();
            },
            _ => _announcing = false
        );
    }

    private void PutAnnouncementIfAlive()
    {
        if (IsAlive && _announced.Lease is not null)
        {
            PutAnnouncement();
        }
    }

    private void PutFarewell(Action then)
    {
        string farewell = FarewellMark + Self.Incarnation;
        long? lease = _candidacy.Lease;
        Engine.Call(
            store => lease is not null && store.TryPut(MemberKey, Encoding.UTF8.GetBytes(farewell), lease),
            _ => then(),
            _ => then()
        );
    }

    /// <summary>Reads everything once, then watches from there; again when that revision was forgotten.</summary>
    private void ListMembers() =>
        Engine.Call(
            store => (Members: store.Range(MemberPrefix), store.Leader, store.Revision),
            list =>
            {
                IEnumerable<MemberChange> known = list.Members.Select(Read);
                _view.Take(new MemberChange.Listed([.. known.OfType<MemberChange.Present>().Select(present => present.Member)]));
                HearLeader(list.Leader, list.Revision);
                Engine.Watch("", list.Revision, Follow, _ => ListMembers());
                GreetAll();
            },
            _ => _rig.Network.Local(Self.NodeId, _rig.Timing.RetryAfter, () => IfAlive(ListMembers))
        );

    private void Follow(IReadOnlyList<StoreChange> changes)
    {
        foreach (StoreChange change in changes)
        {
            if (change.Key == SimulatedStore.LeaderKey)
            {
                HearLeader(change.Now, change.Revision);
            }
            else if (change.Key.StartsWith(MemberPrefix, StringComparison.Ordinal))
            {
                _view.Take(change.Now is { } key ? Read(key) : new MemberChange.Gone(change.Key[MemberPrefix.Length..]));
                Links.Greet(change.Key[MemberPrefix.Length..]);
            }
        }
    }

    private void HearLeader(StoredKey? leader, long revision) =>
        Step(
            leader is null
                ? new CandidacyInput.HolderGone(new FencingToken(revision))
                : new CandidacyInput.HolderSeen(SimulatedStore.HolderOf(leader), new FencingToken(leader.Created))
        );

    private void GreetAll()
    {
        foreach (MemberView view in _view.Current)
        {
            Links.Greet(view.Member.NodeId);
        }
    }

    private static MemberChange Read(StoredKey key)
    {
        string text = Encoding.UTF8.GetString(key.Value.Span);
        return text.StartsWith(FarewellMark, StringComparison.Ordinal)
            ? new MemberChange.Farewell(key.Key[MemberPrefix.Length..], Guid.Parse(text[FarewellMark.Length..]))
            : new MemberChange.Present(JsonSerializer.Deserialize<Member>(key.Value.Span)!);
    }
}
