using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rig.Cluster.Joining;

/// <summary>What the peer shows its certificate as.</summary>
public enum PeerUse
{
    Client,
    Server,
}

/// <param name="NodeId">Whose certificate it is; null when it is refused.</param>
/// <param name="Refusal">Why it is not accepted, without a full stop; null when it is.</param>
public readonly record struct PeerCheck(string? NodeId, string? Refusal);

/// <summary>
/// The one rule for certificates between nodes: signed by the rig's authority (the machine's roots do not count), in its time, for the use at hand, not revoked; the
/// common name is the node id. Addresses do not matter: nodes move between networks.
/// </summary>
public sealed class PeerTrust(X509Certificate2Collection authority)
{
    /// <summary>X.520 commonName.</summary>
    private const string CommonName = "2.5.4.3";

    /// <summary>The rule for <c>node.id</c> in the configuration.</summary>
    private const int LongestNodeId = 32;

    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private volatile FrozenSet<string> _revoked = FrozenSet<string>.Empty;

    /// <summary>Replaces the list of certificates that no longer count, by serial number in hexadecimal.</summary>
    /// <returns>True when there is one on it that was not on the last.</returns>
    public bool Revoke(IEnumerable<string> serialNumbers)
    {
        FrozenSet<string> before = _revoked;
        _revoked = serialNumbers.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        return _revoked.Any(serial => !before.Contains(serial));
    }

    /// <summary>For the TLS stack's own look at a chain, before <see cref="Check"/>: fetches nothing from addresses that a stranger's certificate names.</summary>
    public X509ChainPolicy OfflinePolicy()
    {
        X509ChainPolicy policy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authority);
        return policy;
    }

    /// <summary>The verdict on what the other side shows.</summary>
    public PeerCheck Check(X509Certificate? certificate, PeerUse use, DateTimeOffset now)
    {
        if (certificate is not X509Certificate2 shown)
        {
            return new PeerCheck(null, "there is no certificate");
        }

        if (_revoked.Contains(shown.SerialNumber))
        {
            return new PeerCheck(null, $"certificate {shown.SerialNumber} is revoked");
        }

        if (ChainError(shown, use, now) is { } error)
        {
            return new PeerCheck(null, error);
        }

        return NodeIdOf(shown) is { } nodeId
            ? new PeerCheck(nodeId, null)
            : new PeerCheck(null, "the certificate's common name is no node id");
    }

    private string? ChainError(X509Certificate2 certificate, PeerUse use, DateTimeOffset now)
    {
        using X509Chain chain = new();
        chain.ChainPolicy = OfflinePolicy();
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(use == PeerUse.Client ? ClientAuthentication : ServerAuthentication);
        bool holds = chain.Build(certificate);
        foreach (X509ChainElement element in chain.ChainElements)
        {
            element.Certificate.Dispose();
        }

        return holds ? null : string.Join(", ", chain.ChainStatus.Select(status => Words(status.Status)).Distinct());
    }

    private static string Words(X509ChainStatusFlags status) =>
        status switch
        {
            X509ChainStatusFlags.NotTimeValid => "the certificate is out of its time",
            X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.NotSignatureValid =>
                "the certificate is of another rig",
            X509ChainStatusFlags.NotValidForUsage => "the certificate is not for this use",
            _ => $"the certificate does not hold ({status})",
        };

    /// <summary>Null unless there is exactly one common name, of the characters that node ids have.</summary>
    private static string? NodeIdOf(X509Certificate2 certificate)
    {
        List<string?> names =
        [
            .. certificate
                .SubjectName.EnumerateRelativeDistinguishedNames()
                .Where(part => !part.HasMultipleElements && part.GetSingleElementType().Value == CommonName)
                .Select(part => part.GetSingleElementValue()),
        ];
        return names is [{ Length: > 0 and <= LongestNodeId } name] && name.All(IsNodeIdCharacter) ? name : null;
    }

    private static bool IsNodeIdCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-';
}
