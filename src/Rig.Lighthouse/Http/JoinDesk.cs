using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Rig.Cluster.Joining;
using Rig.Lighthouse.Authority;
using Rig.Lighthouse.Etcd;
using Rig.Lighthouse.Setup;
using Rig.Lighthouse.Tokens;

namespace Rig.Lighthouse.Http;

/// <summary>Lets nodes and lighthouses in, and renews their certificates. Everything is checked before the token is used up.</summary>
internal sealed class JoinDesk(CertificateAuthority ca, TokenDesk tokens, MemberMonitor monitor, Membership membership, TimeProvider time)
{
    /// <summary>A node with four networks and their names has half of that.</summary>
    private const int MostAddresses = 16;

    private const int MostRoles = 8;
    private const int LongestRole = 32;

    /// <exception cref="RefusedException">It is not let in.</exception>
    public async Task<JoinAnswer> JoinAsync(JoinRequest request, CancellationToken cancel)
    {
        bool lighthouse = request.Roles.Contains(RigJoin.RoleName(JoinRole.Lighthouse), StringComparer.Ordinal);
        CheckId(request.NodeId, lighthouse);
        CheckAddresses(request.Addresses);
        if (
            request.Roles.Count is 0 or > MostRoles
            || request.Roles.Any(role => role.Length > LongestRole || !role.All(char.IsAsciiLetterLower))
        )
        {
            throw Refusals.BadRequest($"roles are 1 to {MostRoles} words.");
        }

        PublicKey key = SigningRequest.Read(request.Csr);
        string hash = HashOf(request.Secret);
        return lighthouse ? await JoinLighthouseAsync(request, hash, key, cancel) : await JoinNodeAsync(request, hash, key, cancel);
    }

    /// <summary>A certificate for the same id, on the strength of the old one.</summary>
    /// <exception cref="RefusedException">The old one does not hold, or the request is wrong.</exception>
    public JoinAnswer Renew(RenewRequest request, X509Certificate2? shown)
    {
        using X509Certificate2 authority = ca.ToCertificate();
        if (new PeerTrust([authority]).Check(shown, PeerUse.Client, time.GetUtcNow()).NodeId is not { } nodeId)
        {
            throw Refusals.NoCertificate();
        }

        CheckId(nodeId, lighthouse: false);
        CheckAddresses(request.Addresses);
        using X509Certificate2 certificate = ca.Issue(nodeId, SigningRequest.Read(request.Csr), [nodeId, .. request.Addresses]);
        return Answer(nodeId, certificate);
    }

    private static string HashOf(string secret)
    {
        byte[] bytes = new byte[JoinToken.SecretSize];
        return
            Convert.FromHexString(secret, bytes, out int read, out int written) == System.Buffers.OperationStatus.Done
            && read == secret.Length
            && written == bytes.Length
            ? JoinToken.HashOf(bytes)
            : throw Refusals.TokenWrong();
    }

    private static void CheckId(string id, bool lighthouse)
    {
        if (!(lighthouse ? RigCertificates.IsId(id) : RigCertificates.IsNodeId(id)))
        {
            throw Refusals.BadId($"'{(id.Length > 64 ? id[..64] + "..." : id)}' cannot be an id.");
        }
    }

    private static void CheckAddresses(IReadOnlyList<string> addresses)
    {
        if (addresses.FirstOrDefault(address => !Addresses.IsHost(address)) is { } wrong)
        {
            throw Refusals.BadAddress(wrong.Length > 64 ? wrong[..64] + "..." : wrong);
        }

        if (addresses.Count > MostAddresses)
        {
            throw Refusals.BadAddress(addresses[MostAddresses]);
        }
    }

    private async Task<JoinAnswer> JoinNodeAsync(JoinRequest request, string hash, PublicKey key, CancellationToken cancel)
    {
        using X509Certificate2 certificate = ca.Issue(request.NodeId, key, [request.NodeId, .. request.Addresses]);
        NodeRecord record = new(
            request.NodeId,
            request.Roles,
            request.Addresses,
            certificate.SerialNumber,
            time.GetUtcNow(),
            certificate.NotAfter.ToUniversalTime()
        );
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(record, TokenJson.Default.NodeRecord);
        await tokens.UseAsync(hash, JoinRole.Camera, request.NodeId, bytes, cancel);
        return Answer(request.NodeId, certificate);
    }

    private async Task<JoinAnswer> JoinLighthouseAsync(JoinRequest request, string hash, PublicKey key, CancellationToken cancel)
    {
        if (request.Lighthouse is not { } addresses || !IsUrl(addresses.Peer, "https") || !IsUrl(addresses.Discovery, "http"))
        {
            throw Refusals.BadRequest("a lighthouse names its peer address (https) and discovery address (http).");
        }

        LighthouseRecord record = new(request.NodeId, addresses.Discovery, time.GetUtcNow());
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(record, TokenJson.Default.LighthouseRecord);
        await tokens.UseAsync(hash, JoinRole.Lighthouse, request.NodeId, bytes, cancel);
        LighthouseAddition added;
        try
        {
            added = await membership.AddAsync(addresses.Peer, cancel);
        }
        catch (RefusedException)
        {
            await tokens.ForgetLighthouseAsync(request.NodeId, cancel);
            throw;
        }

        using X509Certificate2 certificate = ca.Issue(request.NodeId, key, [request.NodeId, .. request.Addresses]);
        return Answer(request.NodeId, certificate) with { Share = new LighthouseShare(ca.KeyPem, added.InitialCluster, added.MemberId) };
    }

    private static bool IsUrl(string text, string scheme) =>
        text.Length < 300
        && Uri.TryCreate(text, UriKind.Absolute, out Uri? url)
        && url.Scheme == scheme
        && Addresses.IsHost(url.IdnHost)
        && url.AbsolutePath == "/"
        && url.Query.Length == 0;

    private JoinAnswer Answer(string nodeId, X509Certificate2 certificate) =>
        new()
        {
            RigId = monitor.Facts.RigId,
            NodeId = nodeId,
            Certificate = certificate.ExportCertificatePem(),
            Ca = ca.Pem,
            EtcdEndpoints = monitor.Endpoints,
            Lighthouses = monitor.DiscoveryUrls,
            NotAfter = certificate.NotAfter.ToUniversalTime(),
        };
}
