using Rig.Cluster.Etcd;

namespace Rig.Cluster.Tests.Etcd;

/// <summary>What is no etcd, or a broken one, gives an error within the time limit: never a hang, never a wrong value, never endless memory.</summary>
public sealed class EtcdHostileTests
{
    private const string Chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    public static TheoryData<string, string, bool> Answers =>
        new()
        {
            { "nothing at all", "", false },
            { "no HTTP", "220 smtp.example ready\r\n", false },
            { "a page", HostileServer.Ok("<html></html>"), false },
            { "null", HostileServer.Ok("null"), false },
            { "a list", HostileServer.Ok("[]"), false },
            { "half an answer", HostileServer.Ok("{\"kvs\":[{\"key\":\"YQ==\"")[..^1], false },
            { "null among the keys", HostileServer.Ok("{\"kvs\":[null]}"), false },
            { "null for the keys", HostileServer.Ok("{\"kvs\":null}"), false },
            { "no base64", HostileServer.Ok("{\"kvs\":[{\"key\":\"***\"}]}"), false },
            { "a number that is none", HostileServer.Ok("{\"kvs\":[{\"key\":\"YQ==\",\"mod_revision\":\"1e99\"}]}"), false },
            { "too deep", HostileServer.Ok("{\"header\":" + new string('[', 500)), false },
            { "an error without words", "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", false },
            { "a redirection", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", false },
            { "an error of the wrong shape", "HTTP/1.1 400 Bad\r\nContent-Length: 13\r\n\r\n{\"error\":true}", false },
            { "endless headers", "X-More: and more\r\n", true },
            { "an endless answer", $"{Chunked}4\r\n\"aaa\r\n", true },
            { "an endless line", "HTTP/1.1 200 OK\r\n\r\n{\"a\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true },
        };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_wrong_answer_is_an_error(string what, string answer, bool endless)
    {
        await using HostileServer server = new(answer, endless);
        using EtcdClient client = new(Options(server.Address), TimeProvider.System);
        Exception?[] errors = await Task.WhenAll(
                Record.ExceptionAsync(() => client.GetAsync("a", CancellationToken.None)),
                Record.ExceptionAsync(() => client.PutAsync("a", new byte[] { 1 }, CancellationToken.None)),
                Record.ExceptionAsync(() => client.KeepLeaseAliveAsync(1, CancellationToken.None)),
                // A snapshot is given a minute to begin, which is too long to wait for nothing.
                Record.ExceptionAsync(() =>
                    what == "nothing at all"
                        ? Task.FromException(new EtcdException(EtcdException.NotFound, "not asked"))
                        : client.SnapshotAsync(server.Address, Stream.Null, CancellationToken.None)
                )
            )
            .WaitAsync(EtcdServers.Generous);
        // An answer without keys, leases or parts is one that etcd could give.
        bool empty = what is "null for the keys" or "null among the keys" or "no base64" or "a number that is none";
        Assert.All(empty ? errors[..1].Where(_ => what != "null for the keys") : errors, Accept);

        void Accept(Exception? error) => Assert.True(error is ClusterAwayException or EtcdException, $"{what}: {error}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"result\":{\"created\":true}}\n{\"result\":{\"events\":[null]}}\n")]
    [InlineData("{\"result\":{\"created\":true}}\n{\"result\":{\"events\":[{\"kv\":{\"key\":\"YQ==\",\"mod_revision\":\"-5\"}}]}}\n")]
    [InlineData("{\"result\":{\"created\":true}}\nrubbish\n")]
    [InlineData("{\"error\":{\"grpc_code\":14,\"message\":\"etcdserver: no leader\"}}\n")]
    [InlineData("{\"result\":null}\n")]
    [InlineData("{}\n")]
    public async Task A_watch_leaves_a_member_that_sends_rubbish_for_one_that_does_not(string lines)
    {
        await using EtcdServers servers = await EtcdServers.StartAsync(1);
        await using HostileServer hostile = new($"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{lines}");
        using EtcdClient good = servers.Client();
        long from = (await good.PutAsync("a", new byte[] { 1 }, CancellationToken.None)).Header.Revision;
        await good.PutAsync("a", new byte[] { 2 }, CancellationToken.None);
        using EtcdClient client = new(Options(hostile.Address, servers.Endpoints[0]), TimeProvider.System);
        using CancellationTokenSource limit = new(EtcdServers.Generous);

        IReadOnlyList<EtcdEvent> seen = await client.WatchAsync(EtcdRange.Prefix("a"), from, limit.Token).FirstAsync(limit.Token);

        Assert.Equal(2, Assert.Single(seen).Kv.Value.Span[0]);
    }

    private static EtcdOptions Options(params Uri[] endpoints) =>
        new()
        {
            Endpoints = endpoints,
            AttemptLimit = TimeSpan.FromMilliseconds(500),
            CallLimit = TimeSpan.FromSeconds(1.5),
            WatchQuiet = TimeSpan.FromSeconds(1),
            MaxAnswerBytes = 64 << 10,
        };
}
