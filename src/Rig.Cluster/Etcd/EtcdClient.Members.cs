namespace Rig.Cluster.Etcd;

/// <summary>The members of etcd, and looking after them.</summary>
public sealed partial class EtcdClient
{
    public Task<EtcdMembersAnswer> ListMembersAsync(CancellationToken cancel) =>
        MembersAsync("cluster/member/list", new EtcdMemberRequest(), Repeat.Safe, cancel);

    /// <summary>
    /// Goes on with the client addresses of all members that vote, those known before first: members that came later count, dead ones that were taken out no more.
    /// </summary>
    /// <returns>The addresses from now on; the same list as before when nothing changed.</returns>
    public async Task<IReadOnlyList<Uri>> LearnEndpointsAsync(CancellationToken cancel)
    {
        IReadOnlyList<Uri> known = _transport.Endpoints;
        EtcdMembersAnswer answer = await ListMembersAsync(cancel);
        HashSet<Uri> voting = [];
        foreach (string url in answer.Members.Where(member => !member.IsLearner).SelectMany(member => member.ClientUrls))
        {
            if (Uri.TryCreate(url, UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme == known[0].Scheme)
            {
                voting.Add(endpoint);
            }
        }

        if (voting.Count == 0 || voting.SetEquals(known))
        {
            return known;
        }

        Uri[] now = [.. known.Where(voting.Contains), .. voting.Except(known)];
        _transport.Learn(now);
        return now;
    }

    /// <summary>Announces a member that will be started with these peer addresses; <see cref="EtcdMembersAnswer.Member"/> is the new one.</summary>
    public Task<EtcdMembersAnswer> AddMemberAsync(IReadOnlyList<Uri> peers, CancellationToken cancel) =>
        MembersAsync("cluster/member/add", new EtcdMemberRequest { PeerUrls = Text(peers) }, Repeat.OnlyIfUnsent, cancel);

    /// <summary>The same, without a vote until <see cref="PromoteMemberAsync"/>: it counts for no majority. One at a time.</summary>
    public Task<EtcdMembersAnswer> AddLearnerAsync(IReadOnlyList<Uri> peers, CancellationToken cancel) =>
        MembersAsync("cluster/member/add", new EtcdMemberRequest { PeerUrls = Text(peers), IsLearner = true }, Repeat.OnlyIfUnsent, cancel);

    /// <summary>Lets a learner vote. Refused until it has caught up with the leader.</summary>
    public Task<EtcdMembersAnswer> PromoteMemberAsync(ulong id, CancellationToken cancel) =>
        MembersAsync("cluster/member/promote", new EtcdMemberRequest { Id = id }, Repeat.OnlyIfUnsent, cancel);

    public Task<EtcdMembersAnswer> RemoveMemberAsync(ulong id, CancellationToken cancel) =>
        MembersAsync("cluster/member/remove", new EtcdMemberRequest { Id = id }, Repeat.OnlyIfUnsent, cancel);

    public Task<EtcdMembersAnswer> UpdateMemberAsync(ulong id, IReadOnlyList<Uri> peers, CancellationToken cancel) =>
        MembersAsync("cluster/member/update", new EtcdMemberRequest { Id = id, PeerUrls = Text(peers) }, Repeat.OnlyIfUnsent, cancel);

    private Task<EtcdMembersAnswer> MembersAsync(string path, EtcdMemberRequest request, Repeat repeat, CancellationToken cancel) =>
        _transport.CallAsync(path, request, EtcdJson.Default.EtcdMemberRequest, EtcdJson.Default.EtcdMembersAnswer, repeat, cancel);

    /// <summary>Without the slash at the end that <see cref="Uri"/> adds and etcd does not take.</summary>
    private static string[] Text(IReadOnlyList<Uri> peers) => [.. peers.Select(peer => peer.GetLeftPart(UriPartial.Authority))];
}
