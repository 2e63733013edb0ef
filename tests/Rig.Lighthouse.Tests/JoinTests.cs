using System.Security.Cryptography;
using System.Text;
using Rig.Cluster.Etcd;
using Rig.Cluster.Joining;
using Rig.Lighthouse.Tests.Support;

namespace Rig.Lighthouse.Tests;

public sealed class JoinTests(OneLighthouse one) : IClassFixture<OneLighthouse>
{
    private RunningLighthouse Lighthouse => one.Lighthouse;

    [Fact]
    public async Task A_node_that_joins_gets_an_identity_of_four_files_with_a_private_key()
    {
        string folder = one.Folder("joined");
        RigFile facts = await Lighthouse.JoinAsync(await Lighthouse.TokenAsync(), "CAM_L", folder);
        using NodeIdentity identity = NodeIdentity.Load(folder, TimeProvider.System);
        Assert.Equal(("CAM_L", Lighthouse.Facts.RigId), (identity.NodeId, identity.RigId));
        Assert.Equal([new Uri(Lighthouse.Facts.ClientUrl)], facts.EtcdEndpoints);
        Assert.Equal([Lighthouse.Discovery], identity.Facts.Lighthouses);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, NodeIdentity.KeyFile)));
        Assert.Equal(4, Directory.GetFiles(folder).Length);
    }

    [Fact]
    public async Task A_joined_node_works_with_etcd_by_its_certificate()
    {
        string folder = one.Folder("client");
        RigFile facts = await Lighthouse.JoinAsync(await Lighthouse.TokenAsync(), "CAM_E", folder);
        using NodeIdentity identity = NodeIdentity.Load(folder, TimeProvider.System);
        EtcdOptions options = new() { Endpoints = facts.EtcdEndpoints, Tls = new EtcdTls(identity.Authority, identity.Certificate) };
        using EtcdClient etcd = new(options, TimeProvider.System);
        await etcd.PutAsync("/from/node", "hello"u8.ToArray(), default);
        Assert.Equal("hello", Encoding.UTF8.GetString((await etcd.GetAsync("/from/node", default))!.Value.Span));
    }

    [Fact]
    public async Task A_token_lets_in_one_and_the_second_is_told_who()
    {
        JoinToken token = await Lighthouse.TokenAsync();
        await Lighthouse.JoinAsync(token, "CAM_1", one.Folder("first"));
        JoinException refused = await Assert.ThrowsAsync<JoinException>(() => Lighthouse.JoinAsync(token, "CAM_2", one.Folder("second")));
        Assert.Equal(JoinProblems.TokenUsed, refused.Code);
        Assert.Contains("CAM_1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("rig lighthouse token", refused.Remedy, StringComparison.Ordinal);
        Assert.False(Directory.Exists(one.Folder("second")));
        Assert.True(Lighthouse.Refused(JoinProblems.TokenUsed) > 0);
    }

    [Fact]
    public async Task Of_two_simultaneous_uses_of_a_token_one_wins()
    {
        JoinToken token = await Lighthouse.TokenAsync();
        string[] ids = ["RACE_A", "RACE_B", "RACE_C", "RACE_D"];
        Task<string>[] joins =
        [
            .. ids.Select(async id =>
            {
                try
                {
                    await Lighthouse.JoinAsync(token, id, one.Folder(id));
                    return "in";
                }
                catch (JoinException refused)
                {
                    return refused.Code;
                }
            }),
        ];
        string[] outcomes = await Task.WhenAll(joins);
        Assert.Equal(
            ["in", JoinProblems.TokenUsed, JoinProblems.TokenUsed, JoinProblems.TokenUsed],
            outcomes.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_token_whose_time_is_over_is_refused_as_expired()
    {
        JoinToken token = await Lighthouse.TokenAsync(ttl: TimeSpan.FromSeconds(1));
        string key = $"/rig/{Lighthouse.Facts.RigId}/tokens/{JoinToken.HashOf(token.Secret.Span)}";
        await Wait.UntilAsync(async () => await Lighthouse.Etcd.GetAsync(key, default) is null, "the token's lease is over");
        JoinException refused = await Assert.ThrowsAsync<JoinException>(() => Lighthouse.JoinAsync(token, "LATE", one.Folder("late")));
        Assert.Equal(JoinProblems.TokenExpired, refused.Code);
    }

    [Fact]
    public async Task A_secret_that_was_never_given_out_is_refused()
    {
        JoinToken good = await Lighthouse.TokenAsync();
        JoinToken made = JoinToken.Create(JoinRole.Camera, good.Fingerprint.Span);
        JoinException refused = await Assert.ThrowsAsync<JoinException>(() => Lighthouse.JoinAsync(made, "WRONG", one.Folder("wrong")));
        Assert.Equal(JoinProblems.TokenWrong, refused.Code);
    }

    [Fact]
    public async Task A_token_of_another_rig_never_leaves_the_computer()
    {
        long before = Lighthouse.Host.Facts.Status().Requests.Values.Sum();
        JoinToken foreign = JoinToken.Create(JoinRole.Camera, RandomNumberGenerator.GetBytes(32));
        JoinException refused = await Assert.ThrowsAsync<JoinException>(() =>
            Lighthouse.JoinAsync(foreign, "FOREIGN", one.Folder("foreign"))
        );
        Assert.Equal(JoinException.ForeignCa, refused.Code);
        Assert.Equal(before, Lighthouse.Host.Facts.Status().Requests.Values.Sum());
    }

    [Fact]
    public async Task A_token_is_at_rest_only_as_a_hash()
    {
        JoinToken token = await Lighthouse.TokenAsync();
        EtcdRangeAnswer all = await Lighthouse.Etcd.RangeAsync(EtcdRange.Prefix("/"), default);
        string secret = Convert.ToHexStringLower(token.Secret.Span);
        Assert.Contains(all.Kvs, one => one.Key.Contains(JoinToken.HashOf(token.Secret.Span), StringComparison.Ordinal));
        Assert.DoesNotContain(
            all.Kvs,
            one => (one.Key + Encoding.UTF8.GetString(one.Value.Span)).Contains(secret, StringComparison.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public async Task An_id_is_given_once_and_again_only_to_a_token_for_it()
    {
        await Lighthouse.JoinAsync(await Lighthouse.TokenAsync(), "CAM_R", one.Folder("old"));
        JoinToken other = await Lighthouse.TokenAsync();
        JoinException refused = await Assert.ThrowsAsync<JoinException>(() => Lighthouse.JoinAsync(other, "CAM_R", one.Folder("new")));
        Assert.Equal(JoinProblems.IdTaken, refused.Code);
        Assert.Contains("--node CAM_R", refused.Remedy, StringComparison.Ordinal);
        await Lighthouse.JoinAsync(other, "CAM_FREE", one.Folder("free"));

        JoinToken bound = await Lighthouse.TokenAsync(node: "CAM_R");
        refused = await Assert.ThrowsAsync<JoinException>(() => Lighthouse.JoinAsync(bound, "CAM_X", one.Folder("new")));
        Assert.Equal(JoinProblems.TokenRole, refused.Code);
        await Lighthouse.JoinAsync(bound, "CAM_R", one.Folder("new"));
    }

    [Theory]
    [InlineData("lighthouse")]
    [InlineData("LightHouse")]
    [InlineData("../../etc")]
    [InlineData("a b")]
    [InlineData("-dash")]
    [InlineData("")]
    public async Task An_id_that_could_be_mistaken_is_refused_before_the_token_is_used(string id)
    {
        JoinToken token = await Lighthouse.TokenAsync();
        JoinException refused = await Assert.ThrowsAsync<JoinException>(() => Lighthouse.JoinAsync(token, id, one.Folder("badid")));
        Assert.Equal(JoinProblems.BadId, refused.Code);
    }

    [Fact]
    public async Task A_camera_token_makes_no_lighthouse()
    {
        JoinToken token = await Lighthouse.TokenAsync();
        using LighthouseClient client = await LighthouseClient.OpenAsync(
            Lighthouse.Discovery,
            token.Fingerprint,
            null,
            TimeProvider.System,
            default
        );
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        JoinRequest request = new()
        {
            Secret = Convert.ToHexString(token.Secret.Span),
            NodeId = "two",
            Csr = RigCertificates.CreateRequest("two", key),
            Roles = ["lighthouse"],
            Lighthouse = new LighthouseAddresses("https://127.0.0.1:1", "http://127.0.0.1:2"),
        };
        JoinException refused = await Assert.ThrowsAsync<JoinException>(() => client.JoinAsync(request, default));
        Assert.Equal(JoinProblems.TokenRole, refused.Code);
    }

    [Fact]
    public async Task A_folder_that_holds_an_identity_is_not_joined_again()
    {
        string folder = one.Folder("twice");
        await Lighthouse.JoinAsync(await Lighthouse.TokenAsync(), "TWICE", folder);
        JoinToken token = await Lighthouse.TokenAsync();
        JoinException refused = await Assert.ThrowsAsync<JoinException>(() => Lighthouse.JoinAsync(token, "TWICE_2", folder));
        Assert.Equal(JoinException.Joined, refused.Code);
    }

    [Fact]
    public async Task Where_no_lighthouse_answers_the_remedy_is_named()
    {
        JoinToken token = await Lighthouse.TokenAsync();
        Uri nowhere = new("http://127.0.0.1:1");
        JoinException error = await Assert.ThrowsAsync<JoinException>(() =>
            RigJoin.JoinAsync(nowhere, token.ToString(), "N", [], one.Folder("nowhere"), TimeProvider.System, default)
        );
        Assert.Equal(JoinException.Unreachable, error.Code);
        Assert.Contains("rig lighthouse", error.Remedy, StringComparison.Ordinal);
    }
}
