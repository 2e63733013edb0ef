using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rig.Cluster.Joining;
using Rig.Lighthouse.Authority;
using Rig.Lighthouse.Tests.Support;

namespace Rig.Lighthouse.Tests;

public sealed class RenewalTests(OneLighthouse one) : IClassFixture<OneLighthouse>
{
    private RunningLighthouse Lighthouse => one.Lighthouse;

    [Fact]
    public async Task A_node_renews_its_certificate_with_the_old_one_and_keeps_its_key()
    {
        string folder = one.Folder("renewed");
        await Lighthouse.JoinAsync(await Lighthouse.TokenAsync(), "CAM_N", folder);
        string key = await File.ReadAllTextAsync(Path.Combine(folder, NodeIdentity.KeyFile));
        using NodeIdentity before = NodeIdentity.Load(folder, TimeProvider.System);
        await RigJoin.RenewAsync(folder, ["127.0.0.1", "cam-n.local"], TimeProvider.System, default);
        using NodeIdentity after = NodeIdentity.Load(folder, TimeProvider.System);
        Assert.NotEqual(before.Certificate.SerialNumber, after.Certificate.SerialNumber);
        Assert.Equal("CAM_N", after.NodeId);
        Assert.Equal(key, await File.ReadAllTextAsync(Path.Combine(folder, NodeIdentity.KeyFile)));
        Assert.False(RigJoin.IsRenewalDue(after, TimeProvider.System));
    }

    [Fact]
    public async Task Without_a_certificate_of_the_rig_nothing_is_renewed()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using CertificateAuthority foreign = CertificateAuthority.Create("other", TimeProvider.System);
        using X509Certificate2 issued = foreign.Issue("CAM_N", new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256).PublicKey, []);
        using X509Certificate2 shown = issued.CopyWithPrivateKey(key);
        using X509Certificate2 ca = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(Lighthouse.CaFile));
        byte[] fingerprint = RigCertificates.Fingerprint(ca);
        foreach (X509Certificate2? client in (X509Certificate2?[])[null, shown])
        {
            using LighthouseClient lighthouse = await LighthouseClient.OpenAsync(
                Lighthouse.Discovery,
                fingerprint,
                client,
                TimeProvider.System,
                default
            );
            RenewRequest request = new() { Csr = RigCertificates.CreateRequest("CAM_N", key) };
            JoinException refused = await Assert.ThrowsAsync<JoinException>(() => lighthouse.RenewAsync(request, default));
            Assert.Equal(JoinProblems.NoCertificate, refused.Code);
        }
    }

    [Fact]
    public void A_certificate_is_due_when_a_third_of_its_life_is_left()
    {
        using CertificateAuthority ca = CertificateAuthority.Create("r", TimeProvider.System);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 issued = ca.Issue("n", new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256).PublicKey, []);
        DateTimeOffset end = issued.NotAfter.ToUniversalTime();
        Assert.False(RigCertificates.IsDue(issued, end.AddDays(-130)));
        Assert.True(RigCertificates.IsDue(issued, end.AddDays(-120)));
    }
}
