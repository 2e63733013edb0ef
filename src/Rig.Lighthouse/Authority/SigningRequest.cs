using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rig.Lighthouse.Http;

namespace Rig.Lighthouse.Authority;

/// <summary>Reads certificate requests from the network. Nothing of one is taken over but its key.</summary>
internal static class SigningRequest
{
    /// <summary>A request for a P-256 key has about 400 bytes.</summary>
    private const int Longest = 4096;

    private const string P256 = "1.2.840.10045.3.1.7";

    /// <summary>The key, proven by the request's signature.</summary>
    /// <exception cref="RefusedException">It is no request, its signature is wrong, or its key is not ECDSA P-256.</exception>
    public static PublicKey Read(string pem)
    {
        if (pem.Length > Longest)
        {
            throw Refusals.BadCsr($"it has more than {Longest} characters");
        }

        try
        {
            CertificateRequest request = CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256);
            using ECDsa? key = request.PublicKey.GetECDsaPublicKey();
            return key?.ExportParameters(false).Curve.Oid.Value == P256
                ? request.PublicKey
                : throw Refusals.BadCsr("its key is not ECDSA P-256");
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException or NotSupportedException)
        {
            throw Refusals.BadCsr(error.Message.TrimEnd('.'));
        }
    }
}
