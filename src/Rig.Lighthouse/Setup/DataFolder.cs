using Rig.Cluster.Joining;

namespace Rig.Lighthouse.Setup;

/// <summary>Where a lighthouse keeps its things, and the lock that makes it the only one there.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream? _lock;

    private DataFolder(string root, FileStream? held) => (Root, _lock) = (root, held);

    public string Root { get; }
    public string FactsFile => Path.Combine(Root, "lighthouse.json");
    public string CaCertificate => Path.Combine(Root, "ca", "ca.crt");
    public string CaKey => Path.Combine(Root, "ca", "ca.key");
    public string Certificate => Path.Combine(Root, "tls", "lighthouse.crt");
    public string Key => Path.Combine(Root, "tls", "lighthouse.key");
    public string Etcd => Path.Combine(Root, "etcd");
    public string Snapshots => Path.Combine(Root, "snapshots");

    /// <summary>Makes the folder when it is not there and takes its lock, which the kernel releases with this process.</summary>
    /// <exception cref="SetupException">Another lighthouse runs there, or it cannot be written.</exception>
    public static DataFolder Open(string root)
    {
        root = Path.GetFullPath(root);
        try
        {
            foreach (string folder in (string[])[root, .. ((string[])["ca", "tls", "snapshots"]).Select(one => Path.Combine(root, one))])
            {
                PrivateFile.CreateFolder(folder);
            }

            return new DataFolder(
                root,
                new FileStream(Path.Combine(root, "lighthouse.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)
            );
        }
        catch (IOException error)
        {
            throw new SetupException(
                $"{root} is in use by a running lighthouse, or cannot be written: {error.Message} Stop that lighthouse first.",
                error
            );
        }
        catch (UnauthorizedAccessException error)
        {
            throw new SetupException(
                $"{root} cannot be written: {error.Message} Give this user the right to, or name another folder: --data DIR.",
                error
            );
        }
    }

    /// <summary>The folder as it is, without its lock; perhaps there is nothing.</summary>
    public static DataFolder Look(string root) => new(Path.GetFullPath(root), null);

    /// <summary>The folder beside a running lighthouse, for commands that only read.</summary>
    /// <exception cref="SetupException">There is no lighthouse's data.</exception>
    public static DataFolder Peek(string root)
    {
        DataFolder folder = Look(root);
        return File.Exists(folder.FactsFile)
            ? folder
            : throw new SetupException(
                $"{folder.Root} holds no lighthouse. Name its folder with --data DIR, or start one there: rig lighthouse --data DIR."
            );
    }

    public void Dispose() => _lock?.Dispose();
}
