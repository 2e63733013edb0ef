using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rig.Cluster.Joining;

namespace Rig.Cluster.TestKit.Identities;

/// <summary>A certificate authority of a rig for tests, with identity folders of its nodes, valid or wrong in one named way.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;
    private readonly string _folders = Directory.CreateTempSubdirectory("rig-identity-").FullName;
    private int _serial;

    public TestAuthority(string name = "Test rig")
    {
        CertificateRequest request = new($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _root = request.CreateSelfSigned(Now.AddYears(-10), Now.AddYears(10));
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public string RootPem => _root.ExportCertificatePem();

    /// <summary>An identity folder as joining leaves it.</summary>
    /// <param name="commonName">Of the certificate, when it differs from the node's own claim in <c>rig.json</c>.</param>
    /// <param name="expired">Valid until yesterday.</param>
    /// <param name="use">Extended key usages; both by default.</param>
    public string Folder(string nodeId, string? commonName = null, bool expired = false, IReadOnlyList<string>? use = null)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folders, $"{++_serial}-{nodeId}")).FullName;
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = Issue($"CN={commonName ?? nodeId}", key, expired, use ?? [ClientUse, ServerUse]);
        File.WriteAllText(Path.Combine(folder, NodeIdentity.AuthorityFile), RootPem);
        File.WriteAllText(Path.Combine(folder, NodeIdentity.CertificateFile), certificate.ExportCertificatePem());
        string keyFile = Path.Combine(folder, NodeIdentity.KeyFile);
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.WriteAllText(Path.Combine(folder, NodeIdentity.FactsFile), new RigFile { RigId = "test", NodeId = nodeId }.ToJson());
        return folder;
    }

    public NodeIdentity Identity(string nodeId) => NodeIdentity.Load(Folder(nodeId), TimeProvider.System);

    /// <summary>With its key; wrong ones too, which <see cref="NodeIdentity"/> would not load.</summary>
    public X509Certificate2 Certificate(string subject, bool expired = false, IReadOnlyList<string>? use = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 bare = Issue(subject, key, expired, use ?? [ClientUse, ServerUse]);
        return bare.CopyWithPrivateKey(key);
    }

    public const string ClientUse = "1.3.6.1.5.5.7.3.2";
    public const string ServerUse = "1.3.6.1.5.5.7.3.1";

    public void Dispose()
    {
        Directory.Delete(_folders, recursive: true);
        _root.Dispose();
        _key.Dispose();
    }

    private X509Certificate2 Issue(string subject, ECDsa key, bool expired, IReadOnlyList<string> use)
    {
        CertificateRequest request = new(subject, key, HashAlgorithmName.SHA256);
        OidCollection uses = [];
        foreach (string oid in use)
        {
            uses.Add(new Oid(oid));
        }

        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(uses, true));
        return request.Create(_root, Now.AddDays(-2), expired ? Now.AddDays(-1) : Now.AddDays(30), RandomNumberGenerator.GetBytes(8));
    }
}
