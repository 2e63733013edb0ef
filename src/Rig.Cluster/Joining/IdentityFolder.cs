namespace Rig.Cluster.Joining;

/// <summary>Writes the folder that <see cref="NodeIdentity"/> reads.</summary>
internal static class IdentityFolder
{
    /// <summary>Writes all four files beside the folder and brings them in with one rename: the folder is there whole or not at all.</summary>
    public static void Create(string folder, JoinAnswer answer, string keyPem, RigFile facts)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        string part = $"{folder}.{Guid.NewGuid():N}.part";
        PrivateFile.CreateFolder(part);
        try
        {
            PrivateFile.Write(Path.Combine(part, NodeIdentity.KeyFile), keyPem, secret: true);
            PrivateFile.Write(Path.Combine(part, NodeIdentity.AuthorityFile), answer.Ca, secret: false);
            WriteRenewed(part, answer, facts);
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder);
            }

            Directory.Move(part, folder);
        }
        catch
        {
            Directory.Delete(part, recursive: true);
            throw;
        }
    }

    /// <summary>Replaces what a renewal changes. The key stays, so each file fits the others at every instant.</summary>
    public static void Renew(string folder, JoinAnswer answer, RigFile facts) => WriteRenewed(folder, answer, facts);

    private static void WriteRenewed(string folder, JoinAnswer answer, RigFile facts)
    {
        PrivateFile.Write(Path.Combine(folder, NodeIdentity.CertificateFile), answer.Certificate, secret: false);
        PrivateFile.Write(Path.Combine(folder, NodeIdentity.FactsFile), facts.ToJson(), secret: false);
    }
}
