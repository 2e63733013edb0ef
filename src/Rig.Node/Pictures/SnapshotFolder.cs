using System.Globalization;
using System.Text.RegularExpressions;
using Rig.Streams.Snapshots;

namespace Rig.Node.Pictures;

/// <summary>The pictures that are kept: named by camera and capture instant, the oldest gone when there are too many. Any thread.</summary>
/// <param name="path">The folder as configured at this moment.</param>
/// <param name="keep">Pictures that may lie in it.</param>
public sealed partial class SnapshotFolder(Func<string> path, Func<int> keep)
{
    private readonly Lock _gate = new();

    /// <summary>Writes the picture; it is there whole or not at all. Gives its name.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public string Keep(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        DateTimeOffset capture = snapshot.Capture.ToDateTimeOffset();
        string name = string.Create(CultureInfo.InvariantCulture, $"{snapshot.Camera}_{capture:yyyyMMdd_HHmmss_ffffff}.jpg");
        string folder = path();
        lock (_gate)
        {
            Directory.CreateDirectory(folder);
            Write(Path.Combine(folder, name), snapshot);
            MakeRoom(folder);
        }

        return name;
    }

    /// <summary>The path of a kept picture; null when there is none of that name.</summary>
    public string? Find(string name)
    {
        string found = Path.Combine(path(), name);
        return NameOfPicture().IsMatch(name) && File.Exists(found) ? found : null;
    }

    /// <summary>A file's time is that of its picture, for whoever sorts them by it.</summary>
    internal static void Write(string file, Snapshot snapshot)
    {
        string temporary = file + ".part";
        using (FileStream written = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            written.Write(snapshot.Jpeg.Span);
        }

        File.SetLastWriteTimeUtc(temporary, snapshot.Capture.ToDateTimeOffset().UtcDateTime);
        File.Move(temporary, file, overwrite: true);
    }

    private void MakeRoom(string folder)
    {
        FileInfo[] pictures = [.. new DirectoryInfo(folder).EnumerateFiles("*.jpg").Where(file => NameOfPicture().IsMatch(file.Name))];
        foreach (FileInfo oldest in pictures.OrderBy(file => file.LastWriteTimeUtc).Take(pictures.Length - keep()))
        {
            oldest.Delete();
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9_-]+_\d{8}_\d{6}_\d{6}\.jpg$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NameOfPicture();
}
