using System.Security.Cryptography.X509Certificates;
using Rig.Cluster.Joining;
using Rig.Cluster.TestKit.Identities;

namespace Rig.Cluster.Tests.Joining;

public sealed class PeerTrustTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly PeerTrust _trust;

    public PeerTrustTests() => _trust = new PeerTrust([X509Certificate2.CreateFromPem(_authority.RootPem)]);

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void The_common_name_is_the_node()
    {
        Assert.Equal(new PeerCheck("CAM_L", null), Check(_authority.Certificate("CN=CAM_L, O=rig")));
    }

    [Theory]
    [InlineData("O=rig")]
    [InlineData("CN=CAM_L, CN=CAM_R")]
    [InlineData("CN=CAM_L+O=x")]
    [InlineData("CN=\"CAM L\"")]
    [InlineData("CN=../../CAM_L")]
    [InlineData("CN=ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")]
    public void A_name_that_is_no_node_id_is_refused(string subject) =>
        Assert.Equal("the certificate's common name is no node id", Check(_authority.Certificate(subject)).Refusal);

    [Fact]
    public void Another_authority_of_the_same_name_does_not_count()
    {
        using TestAuthority foreign = new();
        Assert.Equal("the certificate is of another rig", Check(foreign.Certificate("CN=CAM_L")).Refusal);
    }

    [Fact]
    public void A_certificate_is_only_good_for_its_use_and_time()
    {
        Assert.Equal("the certificate is not for this use", Check(_authority.Certificate("CN=A", use: [TestAuthority.ServerUse])).Refusal);
        Assert.Null(Check(_authority.Certificate("CN=A", use: [TestAuthority.ServerUse]), PeerUse.Server).Refusal);
        Assert.Equal("the certificate is out of its time", Check(_authority.Certificate("CN=A", expired: true)).Refusal);
        Assert.Equal("there is no certificate", _trust.Check(null, PeerUse.Client, TimeProvider.System.GetUtcNow()).Refusal);
    }

    [Fact]
    public void A_revoked_certificate_is_refused_and_a_newer_one_of_the_node_is_not()
    {
        X509Certificate2 old = _authority.Certificate("CN=CAM_L");
        Assert.True(_trust.Revoke([old.SerialNumber.ToLowerInvariant()]));
        Assert.Contains("revoked", Check(old).Refusal, StringComparison.Ordinal);
        Assert.Null(Check(_authority.Certificate("CN=CAM_L")).Refusal);
        Assert.False(_trust.Revoke([old.SerialNumber]));
    }

    private PeerCheck Check(X509Certificate2 certificate, PeerUse use = PeerUse.Client) =>
        _trust.Check(certificate, use, TimeProvider.System.GetUtcNow());
}
