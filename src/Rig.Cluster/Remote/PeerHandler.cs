using System.Net.Http;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Rig.Cluster.Joining;

namespace Rig.Cluster.Remote;

/// <summary>
/// HTTP to one peer with this node's certificate, over TLS 1.3, to a server that proves to be that very node by the rig's authority. Names and addresses of hosts do
/// not matter, proxies are not used, sessions are not resumed: every connection shows both certificates.
/// </summary>
public static class PeerHandler
{
    /// <param name="onRefused">Hears why the other side's certificate was not taken.</param>
    public static SocketsHttpHandler Create(
        string nodeId,
        NodeIdentity identity,
        PeerTrust trust,
        TimeSpan connectLimit,
        TimeProvider time,
        Action<string?> onRefused
    )
    {
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentNullException.ThrowIfNull(trust);
        return new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = connectLimit,
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls13,
                AllowTlsResume = false,
                CertificateChainPolicy = trust.OfflinePolicy(),
                ClientCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, null, offline: true),
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    string? refusal = Refusal(nodeId, certificate, trust, time);
                    onRefused(refusal);
                    return refusal is null;
                },
            },
        };
    }

    private static string? Refusal(string nodeId, X509Certificate? certificate, PeerTrust trust, TimeProvider time)
    {
        PeerCheck check = trust.Check(certificate, PeerUse.Server, time.GetUtcNow());
        return check.Refusal ?? (check.NodeId == nodeId ? null : $"another node answers there: {check.NodeId}");
    }
}
