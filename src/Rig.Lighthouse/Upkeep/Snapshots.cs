using System.Globalization;
using System.Text.Json;
using Rig.Cluster;
using Rig.Cluster.Etcd;
using Rig.Cluster.Joining;
using Rig.Lighthouse.Authority;
using Rig.Lighthouse.Setup;

namespace Rig.Lighthouse.Upkeep;

/// <summary>
/// Copies of etcd's whole store, as <c>etcdctl snapshot restore</c> takes them, and beside them what a rig cannot be restored without: its CA.
/// </summary>
internal sealed class Snapshots(DataFolder folder, LighthouseFile facts, CertificateAuthority ca, int kept, TimeProvider time) : IDisposable
{
    /// <summary>Beside the snapshots, mode 0600.</summary>
    public const string SecretsFile = "rig-secrets.json";

    /// <summary>Fine enough that no two are of one instant: names in order are snapshots in order.</summary>
    private const string Stamp = "yyyyMMdd'T'HHmmssfffffff'Z'";

    /// <summary>A busy computer lets one break off now and then.</summary>
    private const int Attempts = 3;

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>All of them, newest first.</summary>
    public IReadOnlyList<string> Files =>
        [.. Directory.EnumerateFiles(folder.Snapshots, "*.db").OrderByDescending(Path.GetFileName, StringComparer.Ordinal)];

    /// <summary>When the newest one was taken; null when there is none.</summary>
    public DateTimeOffset? Last => Files.Select(Taken).FirstOrDefault(at => at is not null);

    /// <summary>Takes one, and forgets the oldest beyond those to keep.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="ClusterAwayException">The member does not answer, or it broke off; nothing is left of it.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public async Task<string> TakeAsync(EtcdClient etcd, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            string path = await TakeOnceAsync(etcd, Attempts, cancel);
            WriteSecrets();
            Forget();
            return path;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<string> TakeOnceAsync(EtcdClient etcd, int attempts, CancellationToken cancel)
    {
        string path = Path.Combine(
            folder.Snapshots,
            $"etcd.{time.GetUtcNow().UtcDateTime.ToString(Stamp, CultureInfo.InvariantCulture)}.db"
        );
        string part = path + ".part";
        try
        {
            await using (FileStream file = new(part, FileMode.CreateNew))
            {
                await etcd.SnapshotAsync(new Uri(facts.ClientUrl), file, cancel);
                file.Flush(flushToDisk: true);
            }

            File.Move(part, path);
            return path;
        }
        catch (ClusterAwayException) when (attempts > 1)
        {
            return await TakeOnceAsync(etcd, attempts - 1, cancel);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>The instant in a snapshot's name.</summary>
    private static DateTimeOffset? Taken(string path) =>
        Path.GetFileNameWithoutExtension(path).Split('.') is [_, var stamp, ..]
        && DateTimeOffset.TryParseExact(stamp, Stamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at)
            ? at
            : null;

    private void WriteSecrets() =>
        PrivateFile.Write(
            Path.Combine(folder.Snapshots, SecretsFile),
            JsonSerializer.Serialize(new RigSecrets(facts.RigId, ca.Pem, ca.KeyPem), SetupJson.Default.RigSecrets),
            secret: true
        );

    private void Forget()
    {
        foreach (string old in Files.Skip(kept))
        {
            File.Delete(old);
        }
    }
}
