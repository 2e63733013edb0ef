using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rig.Cluster.Joining;

/// <summary>The few rules that make a certificate one of the rig's.</summary>
public static class RigCertificates
{
    /// <summary>Common name of every lighthouse's certificate; no node may have it as its id.</summary>
    public const string LighthouseName = "lighthouse";

    /// <summary>SHA-256 of the certificate's DER: what a token carries.</summary>
    public static byte[] Fingerprint(X509Certificate2 certificate) => SHA256.HashData(certificate.RawData);

    /// <summary>The subject's common name; null when there is none.</summary>
    public static string? CommonName(X509Certificate2 certificate)
    {
        string name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        return name.Length == 0 ? null : name;
    }

    /// <summary>Whether the rig's CA issued it and it is valid at <paramref name="now"/>. Nothing of the machine's own trust counts.</summary>
    public static bool IsIssuedBy(X509Certificate2 certificate, X509Certificate2 ca, DateTimeOffset now)
    {
        using X509Chain chain = new()
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
                VerificationTime = now.UtcDateTime,
                VerificationTimeIgnored = false,
            },
        };
        chain.ChainPolicy.CustomTrustStore.Add(ca);
        return chain.Build(certificate);
    }

    /// <summary>Whether a third or less of its life is left, so that it should be renewed.</summary>
    public static bool IsDue(X509Certificate2 certificate, DateTimeOffset now)
    {
        TimeSpan life = certificate.NotAfter - certificate.NotBefore;
        return certificate.NotAfter.ToUniversalTime() - now.UtcDateTime <= life / 3;
    }

    /// <summary>A request for a certificate, signed with the key that it is for. PEM.</summary>
    public static string CreateRequest(string commonName, ECDsa key) =>
        new CertificateRequest(NameOf(commonName), key, HashAlgorithmName.SHA256).CreateSigningRequestPem();

    public static X500DistinguishedName NameOf(string commonName)
    {
        X500DistinguishedNameBuilder name = new();
        name.AddCommonName(commonName);
        return name.Build();
    }
}
