using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rig.Cluster.Joining;

/// <summary>Makes this computer a node of a rig, and keeps its certificate young. The private key is made here and never leaves.</summary>
public static class RigJoin
{
    /// <summary>Joins with a token and writes the identity folder, whole or not at all.</summary>
    /// <param name="discovery">Where a lighthouse answers: <c>http://host:9110</c>.</param>
    /// <param name="token">As <c>rig lighthouse token</c> printed it.</param>
    /// <param name="addresses">Host names and IP addresses of this node, for its certificate.</param>
    /// <param name="folder">The identity folder; it must not hold an identity yet.</param>
    /// <exception cref="JoinException">It did not work; the message names the remedy, nothing was written.</exception>
    public static async Task<RigFile> JoinAsync(
        Uri discovery,
        string token,
        string nodeId,
        IReadOnlyList<string> addresses,
        string folder,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        JoinToken ticket = Read(token, JoinRole.Camera);
        if (!RigCertificates.IsNodeId(nodeId))
        {
            throw new JoinException(
                JoinProblems.BadId,
                $"'{nodeId}' cannot be the id of a node.",
                "Use letters, digits, dot, dash and underscore, at most 64, with a letter or digit at both ends; not 'lighthouse'."
            );
        }

        if (NodeIdentity.Exists(folder))
        {
            throw new JoinException(
                JoinException.Joined,
                $"{folder} already holds the identity of a node.",
                "Start the node without --join; to join another rig, remove that folder first."
            );
        }

        using LighthouseClient lighthouse = await LighthouseClient.OpenAsync(discovery, ticket.Fingerprint, null, time, cancel);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        JoinRequest request = new()
        {
            Secret = Convert.ToHexStringLower(ticket.Secret.Span),
            NodeId = nodeId,
            Csr = RigCertificates.CreateRequest(nodeId, key),
            Roles = ["camera"],
            Addresses = addresses,
        };
        JoinAnswer answer = await lighthouse.JoinAsync(request, cancel);
        CheckAnswer(answer, nodeId, key, ticket.Fingerprint, time.GetUtcNow());
        RigFile facts = Facts(answer, discovery);
        Store(() => IdentityFolder.Create(folder, answer, key.ExportPkcs8PrivateKeyPem(), facts));
        return facts;
    }

    /// <summary>Whether the certificate in the folder should be renewed now: a third of its life is left.</summary>
    public static bool IsRenewalDue(NodeIdentity identity, TimeProvider time) =>
        RigCertificates.IsDue(identity.Certificate, time.GetUtcNow());

    /// <summary>
    /// Gets a new certificate for the same key with the old one, from the first lighthouse that gives it, and replaces <c>node.crt</c> and <c>rig.json</c>.
    /// A running node has loaded the former ones.
    /// </summary>
    /// <exception cref="JoinException">No lighthouse gave one; the old identity is as it was.</exception>
    public static async Task<RigFile> RenewAsync(
        string folder,
        IReadOnlyList<string> addresses,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        using NodeIdentity identity = NodeIdentity.Load(folder, time);
        JoinException? last = null;
        foreach (Uri discovery in identity.Facts.Lighthouses)
        {
            try
            {
                return await RenewAtAsync(discovery, identity, folder, addresses, time, cancel);
            }
            catch (JoinException error)
            {
                last = error;
            }
        }

        throw last
            ?? new JoinException(
                JoinException.Unreachable,
                $"{Path.Combine(folder, NodeIdentity.FactsFile)} names no lighthouse.",
                "Add one to lighthouses in that file, as http://host:9110."
            );
    }

    /// <summary>Reads a token and checks that it is for this use.</summary>
    /// <exception cref="JoinException">It is not a token, or for another role.</exception>
    public static JoinToken Read(string token, JoinRole role)
    {
        if (!JoinToken.TryParse(token, out JoinToken? ticket))
        {
            throw new JoinException(
                JoinException.BadToken,
                "This is not a whole token.",
                "Copy it again, from rig1_ to its end, or make a new one on the lighthouse: rig lighthouse token."
            );
        }

        string wanted = RoleName(role);
        return ticket.Role == role
            ? ticket
            : throw new JoinException(
                JoinProblems.TokenRole,
                $"The token is for the role {RoleName(ticket.Role)}, not {wanted}.",
                $"Make one on the lighthouse: rig lighthouse token --role {wanted}."
            );
    }

    /// <summary>A role as it is written in commands and keys.</summary>
    public static string RoleName(JoinRole role) => role == JoinRole.Lighthouse ? "lighthouse" : "camera";

    /// <summary>The addresses in an answer as a node keeps them, with the one that answered first.</summary>
    internal static RigFile Facts(JoinAnswer answer, Uri discovery) =>
        new()
        {
            RigId = answer.RigId,
            NodeId = answer.NodeId,
            Lighthouses = [discovery, .. answer.Lighthouses.Select(one => new Uri(one)).Where(one => one != discovery)],
            EtcdEndpoints = [.. answer.EtcdEndpoints.Select(one => new Uri(one))],
        };

    private static async Task<RigFile> RenewAtAsync(
        Uri discovery,
        NodeIdentity identity,
        string folder,
        IReadOnlyList<string> addresses,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        byte[] fingerprint = RigCertificates.Fingerprint(identity.Authority[0]);
        using LighthouseClient lighthouse = await LighthouseClient.OpenAsync(discovery, fingerprint, identity.Certificate, time, cancel);
        using ECDsa key = identity.Certificate.GetECDsaPrivateKey()!;
        RenewRequest request = new() { Csr = RigCertificates.CreateRequest(identity.NodeId, key), Addresses = addresses };
        JoinAnswer answer = await lighthouse.RenewAsync(request, cancel);
        CheckAnswer(answer, identity.NodeId, key, fingerprint, time.GetUtcNow());
        RigFile facts = Facts(answer, discovery);
        Store(() => IdentityFolder.Renew(folder, answer, facts));
        return facts;
    }

    /// <summary>A lighthouse is trusted with the rig, not with this computer's disk: what it answers is looked at before it is kept.</summary>
    private static void CheckAnswer(JoinAnswer answer, string nodeId, ECDsa key, ReadOnlyMemory<byte> fingerprint, DateTimeOffset now)
    {
        string? wrong = null;
        try
        {
            using X509Certificate2 ca = X509Certificate2.CreateFromPem(answer.Ca);
            using X509Certificate2 certificate = X509Certificate2.CreateFromPem(answer.Certificate);
            using ECDsa? certified = certificate.GetECDsaPublicKey();
            PeerCheck check = new PeerTrust([ca]).Check(certificate, PeerUse.Client, now);
            wrong =
                !RigCertificates.Fingerprint(ca).AsSpan().SequenceEqual(fingerprint.Span) ? "its CA is another one"
                : check.Refusal is { } refusal ? $"{refusal} (this computer's clock says {now:u})"
                : check.NodeId != nodeId || answer.NodeId != nodeId ? "it is for another node"
                : certified is null || !certified.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo())
                    ? "it is for another key"
                : answer.EtcdEndpoints.Concat(answer.Lighthouses).All(one => Uri.TryCreate(one, UriKind.Absolute, out _)) ? null
                : "an address in it cannot be read";
        }
        catch (CryptographicException error)
        {
            wrong = error.Message;
        }

        if (wrong is not null)
        {
            throw new JoinException(
                JoinException.BadAnswer,
                $"The certificate that the lighthouse gave cannot be used: {wrong}.",
                "Compare the clocks of both computers (date -u), then make a new token: rig lighthouse token."
            );
        }
    }

    private static void Store(Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new JoinException(
                JoinException.Storage,
                $"The identity cannot be written: {error.Message}",
                "Make room or give this user the right to write there, then join with a new token.",
                error
            );
        }
    }
}
