using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rig.Cluster.Joining;
using Rig.Lighthouse.Setup;

namespace Rig.Lighthouse.Authority;

/// <summary>
/// This lighthouse's own certificate: for its join server, for etcd's clients and peers, and as a client of both. Made anew at each start, for the
/// addresses of that day; etcd reads the files again at each handshake.
/// </summary>
internal static class LighthouseCertificate
{
    /// <summary>Writes a fresh certificate with a fresh key.</summary>
    /// <returns>It with its key; the caller's to dispose.</returns>
    public static X509Certificate2 Write(CertificateAuthority ca, DataFolder folder, string name, IReadOnlyList<string> addresses)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(RigCertificates.NameOf(RigCertificates.LighthouseName), key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = ca.Issue(
            RigCertificates.LighthouseName,
            request.PublicKey,
            [RigCertificates.LighthouseName, name, .. addresses, "localhost", "127.0.0.1", "::1"]
        );
        PrivateFile.Write(folder.Key, key.ExportPkcs8PrivateKeyPem(), secret: true);
        PrivateFile.Write(folder.Certificate, certificate.ExportCertificatePem(), secret: false);
        return Load(folder);
    }

    /// <summary>As written last.</summary>
    /// <exception cref="SetupException">It cannot be read.</exception>
    public static X509Certificate2 Load(DataFolder folder)
    {
        try
        {
            using X509Certificate2 fromPem = X509Certificate2.CreateFromPemFile(folder.Certificate, folder.Key);
            return X509CertificateLoader.LoadPkcs12(fromPem.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new SetupException(
                $"The lighthouse's certificate cannot be read: {error.Message} Run as the lighthouse's user, once it was started.",
                error
            );
        }
    }
}
