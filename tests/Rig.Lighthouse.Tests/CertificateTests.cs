using Rig.Cluster.Joining;
using Rig.Lighthouse.Tests.Support;

namespace Rig.Lighthouse.Tests;

/// <summary>What other programs think of the certificates.</summary>
public sealed class CertificateTests(OneLighthouse one) : IClassFixture<OneLighthouse>
{
    private RunningLighthouse Lighthouse => one.Lighthouse;

    [Fact]
    public async Task Openssl_verifies_a_nodes_certificate_for_both_uses()
    {
        string folder = one.Folder("openssl");
        await Lighthouse.JoinAsync(await Lighthouse.TokenAsync(), "CAM_O", folder);
        string certificate = Path.Combine(folder, NodeIdentity.CertificateFile);
        foreach (string purpose in (string[])["sslserver", "sslclient"])
        {
            string answer = await Tool.OutputAsync(
                "openssl",
                "verify",
                "-x509_strict",
                "-CAfile",
                Lighthouse.CaFile,
                "-purpose",
                purpose,
                certificate
            );
            Assert.Contains(": OK", answer, StringComparison.Ordinal);
        }

        string text = await Tool.OutputAsync("openssl", "x509", "-in", certificate, "-noout", "-text");
        Assert.Contains("CN = CAM_O", text, StringComparison.Ordinal);
        Assert.Contains("DNS:CAM_O, IP Address:127.0.0.1", text, StringComparison.Ordinal);
        Assert.Contains("NIST CURVE: P-256", text, StringComparison.Ordinal);
        Assert.Contains("TLS Web Server Authentication, TLS Web Client Authentication", text, StringComparison.Ordinal);
        Assert.Contains("CA:FALSE", text, StringComparison.Ordinal);
        Assert.Equal(0, (await Tool.RunAsync("openssl", "x509", "-in", certificate, "-noout", "-checkend", $"{364 * 86400}")).Code);
        Assert.Equal(1, (await Tool.RunAsync("openssl", "x509", "-in", certificate, "-noout", "-checkend", $"{367 * 86400}")).Code);
    }

    [Fact]
    public async Task The_authority_signs_certificates_only_and_its_key_is_private()
    {
        string text = await Tool.OutputAsync("openssl", "x509", "-in", Lighthouse.CaFile, "-noout", "-text");
        Assert.Contains("CA:TRUE, pathlen:0", text, StringComparison.Ordinal);
        Assert.Contains("Certificate Sign, CRL Sign", text, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Lighthouse.Data, "ca", "ca.key")));
    }

    [Fact]
    public async Task Etcdctl_works_with_a_nodes_certificate_and_not_without()
    {
        string folder = one.Folder("etcdctl");
        await Lighthouse.JoinAsync(await Lighthouse.TokenAsync(), "CAM_C", folder);
        string[] server = [$"--endpoints={Lighthouse.Facts.ClientUrl}", $"--cacert={Lighthouse.CaFile}"];
        string[] client =
        [
            $"--cert={Path.Combine(folder, NodeIdentity.CertificateFile)}",
            $"--key={Path.Combine(folder, NodeIdentity.KeyFile)}",
        ];
        Assert.Equal("OK\n", await Tool.OutputAsync("etcdctl", [.. server, .. client, "put", "/by/etcdctl", "yes"]));
        Assert.NotEqual(0, (await Tool.RunAsync("etcdctl", [.. server, "--command-timeout=2s", "put", "/by/etcdctl", "no"])).Code);
    }

    [Fact]
    public async Task A_node_is_no_peer_of_etcds_members()
    {
        string folder = one.Folder("peer");
        await Lighthouse.JoinAsync(await Lighthouse.TokenAsync(), "CAM_P", folder);
        string[] node = ["--cert", Path.Combine(folder, "node.crt"), "--key", Path.Combine(folder, "node.key")];
        string[] lighthouse =
        [
            "--cert",
            Path.Combine(Lighthouse.Data, "tls", "lighthouse.crt"),
            "--key",
            Path.Combine(Lighthouse.Data, "tls", "lighthouse.key"),
        ];
        string[] common = ["-sS", "--http1.1", "--max-time", "20", "--cacert", Lighthouse.CaFile, $"{Lighthouse.Facts.PeerUrl}/members"];
        Assert.Contains("peerURLs", await Tool.OutputAsync("curl", [.. lighthouse, .. common]), StringComparison.Ordinal);
        Assert.NotEqual(0, (await Tool.RunAsync("curl", [.. node, .. common])).Code);
    }
}
