using Rig.Contracts.Recordings;

namespace Rig.Actors.Housekeeping;

/// <summary>Finds the files that a process which was killed left open.</summary>
public static class LeftOpen
{
    /// <summary>Segments that a manifest calls open, and segments that no manifest knows.</summary>
    public static IReadOnlyList<OpenSegment> Find(string recordings, IReadOnlyList<Manifest> manifests)
    {
        List<OpenSegment> open = [];
        foreach (Manifest manifest in manifests)
        {
            string folder = Path.Combine(recordings, manifest.SessionId);
            open.AddRange(
                manifest
                    .Segments.Where(segment =>
                        segment is { Closed: false, Deleted: null, Damage: null } && File.Exists(Path.Combine(folder, segment.File))
                    )
                    .Select(segment => new OpenSegment(manifest.SessionId, manifest.Camera, segment.File))
            );
            if (Directory.Exists(folder))
            {
                HashSet<string> known = [.. manifest.Segments.Select(segment => segment.File)];
                open.AddRange(
                    Directory
                        .EnumerateFiles(folder, $"{manifest.SessionId}_{manifest.Camera}_????????_??????*.mp4")
                        .Select(path => Path.GetFileName(path))
                        .Where(file => !known.Contains(file))
                        .Select(file => new OpenSegment(manifest.SessionId, manifest.Camera, file))
                );
            }
        }

        return open;
    }
}
