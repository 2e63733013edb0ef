using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rig.Cluster.Joining;

/// <summary>The few rules that make a certificate one of the rig's.</summary>
public static class RigCertificates
{
    /// <summary>Common name of every lighthouse's certificate; no node may have it as its id.</summary>
    public const string LighthouseName = "lighthouse";

    private const int LongestId = 64;

    /// <summary>
    /// Whether it may be the id of a node or a rig, or the name of a lighthouse: these stand in keys, certificates and file names. Letters, digits, dot,
    /// dash and underscore, a letter or digit at both ends.
    /// </summary>
    public static bool IsId(string text) =>
        text.Length is > 0 and <= LongestId
        && char.IsAsciiLetterOrDigit(text[0])
        && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_');

    /// <summary>The same, and not what all lighthouses are called in their certificates.</summary>
    public static bool IsNodeId(string text) => IsId(text) && !text.Equals(LighthouseName, StringComparison.OrdinalIgnoreCase);

    /// <summary>SHA-256 of the certificate's DER: what a token carries.</summary>
    public static byte[] Fingerprint(X509Certificate2 certificate) => SHA256.HashData(certificate.RawData);

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
