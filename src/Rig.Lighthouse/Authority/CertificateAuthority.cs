using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rig.Cluster.Joining;
using Rig.Lighthouse.Setup;

namespace Rig.Lighthouse.Authority;

/// <summary>The rig's certificate authority: ECDSA P-256. Its key is in this folder and on every other lighthouse, and nowhere else.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    /// <summary>A rig outlives its hardware; nothing has to be done in that time.</summary>
    private const int YearsOfAuthority = 10;

    private const int YearsOfCertificate = 1;
    private const int SerialSize = 16;

    /// <summary>A computer without a battery clock may be behind at its first start.</summary>
    private static readonly TimeSpan Backdate = TimeSpan.FromDays(1);

    private static readonly OidCollection ServerAndClient = [new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")];

    private readonly X509Certificate2 _ca;
    private readonly TimeProvider _time;

    private CertificateAuthority(X509Certificate2 ca, TimeProvider time) => (_ca, _time) = (ca, time);

    /// <summary>The certificate, without the key.</summary>
    public string Pem => _ca.ExportCertificatePem();

    /// <summary>The private key: leaves this computer only to another lighthouse.</summary>
    public string KeyPem
    {
        get
        {
            using ECDsa key = _ca.GetECDsaPrivateKey()!;
            return key.ExportPkcs8PrivateKeyPem();
        }
    }

    public byte[] Fingerprint => RigCertificates.Fingerprint(_ca);

    /// <summary>The authority alone, for those who check certificates. The caller's to dispose.</summary>
    public X509Certificate2 ToCertificate() => X509CertificateLoader.LoadCertificate(_ca.RawData);

    /// <summary>Makes a new authority.</summary>
    public static CertificateAuthority Create(string rigId, TimeProvider time)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(RigCertificates.NameOf($"RecorderRig {rigId}"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        DateTimeOffset now = time.GetUtcNow();
        return new CertificateAuthority(request.CreateSelfSigned(now - Backdate, now.AddYears(YearsOfAuthority)), time);
    }

    /// <summary>Takes over the authority of an existing rig.</summary>
    /// <exception cref="CryptographicException">Not a certificate with its key.</exception>
    public static CertificateAuthority Import(string pem, string keyPem, TimeProvider time) =>
        new(X509Certificate2.CreateFromPem(pem, keyPem), time);

    /// <exception cref="SetupException">It is not there or cannot be read.</exception>
    public static CertificateAuthority Load(DataFolder folder, TimeProvider time)
    {
        try
        {
            return Import(File.ReadAllText(folder.CaCertificate), File.ReadAllText(folder.CaKey), time);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new SetupException(
                $"The rig's CA cannot be read: {error.Message} Run as the lighthouse's user, or restore it: rig lighthouse restore SNAPSHOT.",
                error
            );
        }
    }

    public void Save(DataFolder folder)
    {
        PrivateFile.Write(folder.CaKey, KeyPem, secret: true);
        PrivateFile.Write(folder.CaCertificate, Pem, secret: false);
    }

    /// <summary>A certificate for one year, for servers and clients: etcd's members and the rig's nodes are both.</summary>
    /// <param name="commonName">Node id, or <see cref="RigCertificates.LighthouseName"/>.</param>
    /// <param name="names">Host names and IP addresses, checked before (<see cref="Addresses.IsHost"/>).</param>
    public X509Certificate2 Issue(string commonName, PublicKey publicKey, IEnumerable<string> names)
    {
        CertificateRequest request = new(RigCertificates.NameOf(commonName), publicKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(ServerAndClient, critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(publicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_ca, true, false));
        request.CertificateExtensions.Add(AlternativeNames(names));
        DateTimeOffset now = _time.GetUtcNow();
        DateTimeOffset end = now.AddYears(YearsOfCertificate);
        byte[] serial = RandomNumberGenerator.GetBytes(SerialSize);
        serial[0] &= 0x7F;
        return request.Create(_ca, now - Backdate, end < _ca.NotAfter ? end : _ca.NotAfter, serial);
    }

    public void Dispose() => _ca.Dispose();

    private static X509Extension AlternativeNames(IEnumerable<string> names)
    {
        SubjectAlternativeNameBuilder builder = new();
        foreach (string name in names.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (System.Net.IPAddress.TryParse(name, out System.Net.IPAddress? address))
            {
                builder.AddIpAddress(address);
            }
            else
            {
                builder.AddDnsName(name);
            }
        }

        return builder.Build();
    }
}
