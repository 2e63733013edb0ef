using System.Text;
using Rig.Cluster.Etcd;

namespace Rig.Cluster.Tests.Etcd;

/// <summary>The client against a real etcd, with etcdctl as the second opinion.</summary>
public sealed class EtcdClientTests(OneEtcd etcd) : IClassFixture<OneEtcd>, IDisposable
{
    private readonly EtcdClient _client = etcd.Servers.Client();
    private readonly string _prefix = $"/{Guid.NewGuid():N}/";

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_value_of_every_byte_comes_back_as_it_was_put()
    {
        byte[] value = [.. Enumerable.Range(0, 256).Select(number => (byte)number)];
        EtcdPutAnswer put = await _client.PutAsync(_prefix + "bytes", value, CancellationToken.None);
        EtcdKeyValue? read = await _client.GetAsync(_prefix + "bytes", CancellationToken.None);
        Assert.Equal(value, read!.Value.ToArray());
        Assert.Equal(put.Header.Revision, read.ModRevision);
        Assert.Equal(1, read.Version);
    }

    [Fact]
    public async Task Keys_and_values_are_those_that_etcdctl_sees()
    {
        await _client.PutAsync(_prefix + "möhre \" /\\", "süß"u8.ToArray(), CancellationToken.None);
        Assert.Equal("süß\n", await etcd.Servers.CtlAsync("get", _prefix + "möhre \" /\\", "--print-value-only"));
        await etcd.Servers.CtlAsync("put", _prefix + "other", "from etcdctl");
        EtcdKeyValue? read = await _client.GetAsync(_prefix + "other", CancellationToken.None);
        Assert.Equal("from etcdctl", Encoding.UTF8.GetString(read!.Value.Span));
    }

    [Fact]
    public async Task A_range_by_prefix_is_in_the_order_of_keys_and_ends_at_the_prefix()
    {
        string sibling = _prefix[..^1] + "0";
        foreach (string key in (string[])[_prefix + "b", _prefix + "a", sibling])
        {
            await _client.PutAsync(key, "x"u8.ToArray(), CancellationToken.None);
        }

        EtcdRangeAnswer answer = await _client.RangeAsync(EtcdRange.Prefix(_prefix), CancellationToken.None);
        Assert.Equal([_prefix + "a", _prefix + "b"], answer.Kvs.Select(entry => entry.Key));
    }

    [Fact]
    public async Task What_does_not_exist_is_null_and_an_empty_value_is_not()
    {
        Assert.Null(await _client.GetAsync(_prefix + "none", CancellationToken.None));
        await _client.PutAsync(_prefix + "empty", ReadOnlyMemory<byte>.Empty, CancellationToken.None);
        EtcdKeyValue? read = await _client.GetAsync(_prefix + "empty", CancellationToken.None);
        Assert.Equal(0, read!.Value.Length);
    }

    [Fact]
    public async Task Of_two_transactions_that_create_a_key_one_succeeds_and_the_other_reads_the_winner()
    {
        EtcdTransaction Create(string value) =>
            new()
            {
                Compare = [EtcdCompare.Absent(_prefix + "leader")],
                Success = [EtcdOperation.Of(new EtcdPut { Key = _prefix + "leader", Value = Encoding.UTF8.GetBytes(value) })],
                Failure = [EtcdOperation.Of(new EtcdRange { Key = _prefix + "leader" })],
            };
        EtcdTransactionAnswer[] answers = await Task.WhenAll(
            _client.TransactAsync(Create("one"), CancellationToken.None),
            _client.TransactAsync(Create("two"), CancellationToken.None)
        );
        int winner = Array.FindIndex(answers, answer => answer.Succeeded);
        EtcdKeyValue seen = answers[1 - winner].Responses[0].ResponseRange!.Kvs[0];
        Assert.Single(answers, answer => answer.Succeeded);
        Assert.Equal(winner == 0 ? "one" : "two", Encoding.UTF8.GetString(seen.Value.Span));
        Assert.Equal(answers[winner].Header.Revision, seen.CreateRevision);
    }

    [Fact]
    public async Task A_transaction_on_an_old_revision_changes_nothing()
    {
        long first = (await _client.PutAsync(_prefix + "x", "1"u8.ToArray(), CancellationToken.None)).Header.Revision;
        await _client.PutAsync(_prefix + "x", "2"u8.ToArray(), CancellationToken.None);
        EtcdTransactionAnswer answer = await _client.TransactAsync(
            new EtcdTransaction
            {
                Compare = [EtcdCompare.Modified(_prefix + "x", first)],
                Success = [EtcdOperation.Of(new EtcdDelete { Key = _prefix + "x" })],
            },
            CancellationToken.None
        );
        Assert.False(answer.Succeeded);
        Assert.Equal("2"u8.ToArray(), (await _client.GetAsync(_prefix + "x", CancellationToken.None))!.Value.ToArray());
    }

    [Fact]
    public async Task A_lease_that_is_revoked_takes_its_keys_along()
    {
        EtcdLease lease = await _client.GrantLeaseAsync(TimeSpan.FromSeconds(60), CancellationToken.None);
        await _client.PutAsync(_prefix + "leased", "x"u8.ToArray(), CancellationToken.None, lease.Id);
        Assert.Equal(TimeSpan.FromSeconds(60), await _client.KeepLeaseAliveAsync(lease.Id, CancellationToken.None));
        await _client.RevokeLeaseAsync(lease.Id, CancellationToken.None);
        await _client.RevokeLeaseAsync(lease.Id, CancellationToken.None);
        Assert.Null(await _client.GetAsync(_prefix + "leased", CancellationToken.None));
        Assert.Null(await _client.KeepLeaseAliveAsync(lease.Id, CancellationToken.None));
        Assert.Equal(-1, (await _client.LeaseTimeToLiveAsync(lease.Id, CancellationToken.None)).Ttl);
    }

    [Fact]
    public async Task A_lease_that_nobody_keeps_alive_runs_out_and_the_watch_tells()
    {
        EtcdLease lease = await _client.GrantLeaseAsync(TimeSpan.FromSeconds(2), CancellationToken.None);
        long put = (await _client.PutAsync(_prefix + "leased", "x"u8.ToArray(), CancellationToken.None, lease.Id)).Header.Revision;
        using CancellationTokenSource limit = new(EtcdServers.Generous);
        EtcdEvent gone = (await _client.WatchAsync(EtcdRange.Prefix(_prefix), put, limit.Token).FirstAsync(limit.Token))[0];
        Assert.True(gone.IsDelete);
        Assert.Equal(_prefix + "leased", gone.Kv.Key);
    }

    [Fact]
    public async Task A_write_on_a_lease_that_is_gone_is_refused()
    {
        EtcdException refused = await Assert.ThrowsAsync<EtcdException>(() =>
            _client.PutAsync(_prefix + "x", "x"u8.ToArray(), CancellationToken.None, lease: 4711)
        );
        Assert.Equal(EtcdException.NotFound, refused.Code);
    }

    [Fact]
    public async Task The_member_reports_itself()
    {
        EtcdMembersAnswer members = await _client.ListMembersAsync(CancellationToken.None);
        EtcdStatus status = await _client.StatusAsync(etcd.Servers.Endpoints[0], CancellationToken.None);
        EtcdMember member = Assert.Single(members.Members);
        Assert.Equal("m1", member.Name);
        Assert.Equal([EtcdServer.Text(etcd.Servers.All[0].Client)], member.ClientUrls);
        Assert.Equal(member.Id, status.Leader);
        Assert.StartsWith("3.", status.Version, StringComparison.Ordinal);
        Assert.True(status.DbSize > 0);
        Assert.Empty(await _client.AlarmsAsync(CancellationToken.None));
        await _client.DefragmentAsync(etcd.Servers.Endpoints[0], CancellationToken.None);
    }

    [Fact]
    public async Task A_snapshot_is_one_that_etcdctl_accepts()
    {
        string file = Path.Combine(etcd.Servers.All[0].Folder, $"{Guid.NewGuid():N}.db");
        await _client.PutAsync(_prefix + "saved", new byte[100_000], CancellationToken.None);
        await using (FileStream target = File.Create(file))
        {
            long written = await _client.SnapshotAsync(etcd.Servers.Endpoints[0], target, CancellationToken.None);
            Assert.Equal(target.Length, written);
        }

        string status = await EtcdServers.RunCtlAsync("snapshot", "status", file, "--write-out", "json");
        Assert.Contains("\"totalKey\"", status, StringComparison.Ordinal);
    }
}
