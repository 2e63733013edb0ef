using System.Diagnostics;
using Rig.Cluster.Etcd;

namespace Rig.Cluster.Tests.Etcd;

/// <summary>The client against three members, some of which die, freeze or lose the others.</summary>
public sealed class EtcdFaultTests : IAsyncLifetime
{
    private static readonly byte[] Value = "x"u8.ToArray();
    private EtcdServers _servers = null!;

    public async Task InitializeAsync() => _servers = await EtcdServers.StartAsync(3);

    public async Task DisposeAsync() => await _servers.DisposeAsync();

    [Fact]
    public async Task A_killed_member_costs_one_call_a_moment_and_the_next_nothing()
    {
        (EtcdServer leader, EtcdServer[] followers) = await _servers.RolesAsync();
        using EtcdClient client = _servers.Client(followers[0], leader);
        await client.PutAsync("a", Value, CancellationToken.None);

        await followers[0].KillAsync();
        Stopwatch clock = Stopwatch.StartNew();
        Assert.NotNull(await client.GetAsync("a", CancellationToken.None));

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, client.Options.CallLimit);
        Assert.NotEqual(followers[0].Client, client.Endpoint);
        Uri good = client.Endpoint;
        await client.PutAsync("a", Value, CancellationToken.None);
        Assert.Equal(good, client.Endpoint);
    }

    [Fact]
    public async Task A_frozen_member_is_given_up_after_the_time_limit_of_one_try()
    {
        (_, EtcdServer[] followers) = await _servers.RolesAsync();
        using EtcdClient client = _servers.Client(followers[0]);
        await client.PutAsync("a", Value, CancellationToken.None);

        await followers[0].FreezeAsync();
        Assert.NotNull(await client.GetAsync("a", CancellationToken.None));

        Assert.NotEqual(followers[0].Client, client.Endpoint);
    }

    [Fact]
    public async Task The_leaders_death_is_waited_out_by_reads()
    {
        (EtcdServer leader, _) = await _servers.RolesAsync();
        using EtcdClient client = new(_servers.Options(leader) with { CallLimit = EtcdServers.Generous }, TimeProvider.System);
        await client.PutAsync("a", Value, CancellationToken.None);

        await leader.KillAsync();

        Assert.NotNull(await client.GetAsync("a", CancellationToken.None));
        await client.PutAsync("a", Value, CancellationToken.None);
    }

    [Fact]
    public async Task A_member_that_was_left_alone_refuses_reads_and_writes_until_a_majority_is_back()
    {
        (EtcdServer leader, EtcdServer[] followers) = await _servers.RolesAsync();
        EtcdOptions options = new() { Endpoints = [followers[0].Client] };
        using EtcdClient client = new(options, TimeProvider.System);
        await client.PutAsync("a", Value, CancellationToken.None);

        await leader.KillAsync();
        await followers[1].KillAsync();

        ClusterAwayException away = await Assert.ThrowsAsync<ClusterAwayException>(() => client.GetAsync("a", CancellationToken.None));
        Assert.Contains("majority", away.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ClusterAwayException>(() => client.PutAsync("a", Value, CancellationToken.None));
        await Assert.ThrowsAsync<ClusterAwayException>(() => client.KeepLeaseAliveAsync(1, CancellationToken.None));
        EtcdRange stale = new() { Key = "a", Serializable = true };
        using EtcdClient patient = new(options with { CallLimit = EtcdServers.Generous }, TimeProvider.System);
        Assert.Equal(0UL, (await client.StatusAsync(followers[0].Client, CancellationToken.None)).Leader);

        _servers.Restart(followers[1]);

        Assert.NotNull(await patient.GetAsync("a", CancellationToken.None));
        Assert.Single((await patient.RangeAsync(stale, CancellationToken.None)).Kvs);
    }

    [Fact]
    public async Task A_watch_goes_on_at_another_member_and_loses_nothing()
    {
        (_, EtcdServer[] followers) = await _servers.RolesAsync();
        using EtcdClient watching = _servers.Client(followers[0]);
        using EtcdClient writing = _servers.Client(followers[1]);
        using CancellationTokenSource limit = new(EtcdServers.Generous);
        long from = (await writing.PutAsync("w/start", Value, limit.Token)).Header.Revision;
        Task<IReadOnlyList<EtcdEvent>> seen = watching.WatchAsync(EtcdRange.Prefix("w/"), from, limit.Token).TakeAsync(30, limit.Token);

        List<long> written = [];
        for (int number = 0; number < 30; number++)
        {
            if (number == 10)
            {
                await followers[0].KillAsync();
            }

            written.Add((await writing.PutAsync($"w/{number}", Value, limit.Token)).Header.Revision);
        }

        Assert.Equal(written, (await seen).Select(change => change.Kv.ModRevision));
    }

    [Fact]
    public async Task A_watch_at_a_frozen_member_moves_on_when_any_call_finds_it_frozen()
    {
        (_, EtcdServer[] followers) = await _servers.RolesAsync();
        using EtcdClient watching = _servers.Client(followers[0]);
        using EtcdClient writing = _servers.Client(followers[1]);
        using CancellationTokenSource limit = new(EtcdServers.Generous);
        long from = (await writing.PutAsync("f/1", Value, limit.Token)).Header.Revision;
        IAsyncEnumerator<IReadOnlyList<EtcdEvent>> watch = watching
            .WatchAsync(EtcdRange.Prefix("f/"), from, limit.Token)
            .GetAsyncEnumerator();
        await writing.PutAsync("f/2", Value, limit.Token);
        Assert.True(await watch.MoveNextAsync());

        await followers[0].FreezeAsync();
        await writing.PutAsync("f/3", Value, limit.Token);
        await watching.GetAsync("f/3", limit.Token);

        Assert.True(await watch.MoveNextAsync());
        Assert.Equal("f/3", watch.Current[0].Kv.Key);
        await watch.DisposeAsync();
    }

    [Fact]
    public async Task A_watch_that_hears_nothing_looks_elsewhere_when_its_member_does_not_answer()
    {
        (_, EtcdServer[] followers) = await _servers.RolesAsync();
        EtcdOptions options = _servers.Options(followers[0]) with { WatchQuiet = TimeSpan.FromMilliseconds(500) };
        using EtcdClient watching = new(options, TimeProvider.System);
        using EtcdClient writing = _servers.Client(followers[1]);
        using CancellationTokenSource limit = new(EtcdServers.Generous);
        long from = (await writing.PutAsync("q/1", Value, limit.Token)).Header.Revision;
        Task<IReadOnlyList<EtcdEvent>> next = watching.WatchAsync(EtcdRange.Prefix("q/"), from, limit.Token).FirstAsync(limit.Token);

        await followers[0].FreezeAsync();
        await writing.PutAsync("q/2", Value, limit.Token);

        Assert.Equal("q/2", (await next)[0].Kv.Key);
    }

    [Fact]
    public async Task Members_are_added_changed_and_removed()
    {
        using EtcdClient client = _servers.Client();
        Uri peer = new("http://127.0.0.1:1");
        EtcdMembersAnswer added = await AddAsync(client, peer);
        ulong id = added.Member!.Id;
        Assert.Equal(4, added.Members.Count);
        Assert.Contains("unstarted", await _servers.CtlAsync("member", "list"), StringComparison.Ordinal);

        await client.UpdateMemberAsync(id, [new Uri("http://127.0.0.1:2")], CancellationToken.None);
        EtcdMembersAnswer listed = await client.ListMembersAsync(CancellationToken.None);
        Assert.Equal(["http://127.0.0.1:2"], listed.Members.Single(member => member.Id == id).PeerUrls);

        await client.RemoveMemberAsync(id, CancellationToken.None);
        Assert.DoesNotContain((await client.ListMembersAsync(CancellationToken.None)).Members, member => member.Id == id);
    }

    /// <summary>etcd takes no member before the others have been connected for 5 s.</summary>
    private static async Task<EtcdMembersAnswer> AddAsync(EtcdClient client, Uri peer)
    {
        using CancellationTokenSource limit = new(EtcdServers.Generous);
        using PeriodicTimer again = new(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            try
            {
                return await client.AddMemberAsync([peer], limit.Token);
            }
            catch (EtcdException early) when (early.Message == "etcdserver: unhealthy cluster")
            {
                await again.WaitForNextTickAsync(limit.Token);
            }
        }
    }
}
