using System.Text;

namespace Rig.Cluster.Joining;

/// <summary>Files that must be whole and, where they hold keys, readable by their owner alone.</summary>
public static class PrivateFile
{
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Public = Secret | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes the file as mode 0600 (or 0644), synced, in one rename: after a crash it is the old or the new one.</summary>
    public static void Write(string path, string text, bool secret)
    {
        string part = $"{path}.{Guid.NewGuid():N}.part";
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = secret ? Secret : Public,
        };
        try
        {
            using (FileStream file = new(part, options))
            {
                file.Write(Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    /// <summary>A folder that only its owner may look into; made when it is not there.</summary>
    public static void CreateFolder(string path) => Directory.CreateDirectory(path, Secret | UnixFileMode.UserExecute);
}
