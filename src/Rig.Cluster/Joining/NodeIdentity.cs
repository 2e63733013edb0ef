using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Rig.Cluster.Joining;

/// <summary>
/// Who this node is to the others: its certificate with key, the rig's certificate authority, and the facts of the rig. Lives as four files in the
/// identity folder, written by joining; nothing else of the node may write there.
/// </summary>
public sealed class NodeIdentity : IDisposable
{
    /// <summary>The rig's authority, PEM; more than one certificate while the authority is being replaced.</summary>
    public const string AuthorityFile = "ca.crt";

    /// <summary>The node's certificate, PEM. Common name = node id; for client and server authentication.</summary>
    public const string CertificateFile = "node.crt";

    /// <summary>Its private key, PEM, readable by the node's user only (0600).</summary>
    public const string KeyFile = "node.key";

    public const string FactsFile = "rig.json";

    private const UnixFileMode NotForTheKey =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    private const string JoinAgain = "Join the rig again: rig node --join LIGHTHOUSE --token TOKEN.";

    private NodeIdentity(RigFile facts, X509Certificate2 certificate, X509Certificate2Collection authority) =>
        (Facts, Certificate, Authority) = (facts, certificate, authority);

    public RigFile Facts { get; }
    public string NodeId => Facts.NodeId;
    public string RigId => Facts.RigId;

    /// <summary>With its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The only roots that count between nodes; the machine's own are not asked.</summary>
    public X509Certificate2Collection Authority { get; }

    /// <summary>True when the node has joined: any of the four files is there.</summary>
    public static bool Exists(string folder) => Files.Any(file => File.Exists(Path.Combine(folder, file)));

    private static IEnumerable<string> Files => [AuthorityFile, CertificateFile, KeyFile, FactsFile];

    /// <summary>Reads and checks the folder: whole, private, matching, of this rig, in its time.</summary>
    /// <exception cref="IdentityException">Something is missing or wrong; says what and what to do.</exception>
    public static NodeIdentity Load(string folder, TimeProvider time)
    {
        foreach (string file in Files)
        {
            CheckFile(Path.Combine(folder, file), file == KeyFile ? NotForTheKey : UnixFileMode.OtherWrite);
        }

        X509Certificate2Collection authority = [];
        X509Certificate2? certificate = null;
        try
        {
            RigFile facts = RigFile.Parse(File.ReadAllText(Path.Combine(folder, FactsFile)));
            authority.ImportFromPemFile(Path.Combine(folder, AuthorityFile));
            certificate = X509Certificate2.CreateFromPemFile(Path.Combine(folder, CertificateFile), Path.Combine(folder, KeyFile));
            NodeIdentity identity = new(facts, certificate, authority);
            identity.Check(folder, time.GetUtcNow());
            return identity;
        }
        catch (Exception error) when (error is CryptographicException or JsonException or ArgumentException or IOException)
        {
            Release(certificate, authority);
            throw new IdentityException($"The identity in {folder} cannot be read: {error.Message} {JoinAgain}", error);
        }
        catch (IdentityException)
        {
            Release(certificate, authority);
            throw;
        }
    }

    /// <summary>Keeps etcd's addresses as they are now for the next start.</summary>
    /// <exception cref="IOException">The disk is full, or the like; the former ones stand.</exception>
    public static void Remember(string folder, RigFile facts, IReadOnlyList<Uri> etcdEndpoints) =>
        PrivateFile.Write(Path.Combine(folder, FactsFile), (facts with { EtcdEndpoints = etcdEndpoints }).ToJson(), secret: false);

    public void Dispose() => Release(Certificate, Authority);

    private static void CheckFile(string path, UnixFileMode forbidden)
    {
        if (!File.Exists(path))
        {
            throw new IdentityException($"{path} is missing. {JoinAgain}");
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & forbidden) != 0)
        {
            throw new IdentityException($"Others may use {path}. chmod 600 {path}, and if it was so for long, join again for a new key.");
        }
    }

    private void Check(string folder, DateTimeOffset now)
    {
        PeerTrust trust = new(Authority);
        PeerCheck check = trust.Check(Certificate, PeerUse.Server, now);
        if (check.Refusal is { } refusal)
        {
            throw new IdentityException(
                $"The node's certificate in {folder} does not hold: {refusal}. Check the clock of this machine ({now:u}). {JoinAgain}"
            );
        }

        if (check.NodeId != NodeId)
        {
            throw new IdentityException($"{FactsFile} in {folder} is of node {NodeId}, its certificate of {check.NodeId}. {JoinAgain}");
        }
    }

    private static void Release(X509Certificate2? certificate, X509Certificate2Collection authority)
    {
        certificate?.Dispose();
        foreach (X509Certificate2 root in authority)
        {
            root.Dispose();
        }
    }
}

/// <summary>The node cannot prove who it is. The message says what to do.</summary>
public sealed class IdentityException(string message, Exception? cause = null) : Exception(message, cause);
