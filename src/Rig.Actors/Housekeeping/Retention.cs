using Rig.Actors.Settings;
using Rig.Contracts.Nodes;
using Rig.Contracts.Recordings;

namespace Rig.Actors.Housekeeping;

/// <summary>A segment that may go.</summary>
public sealed record Deletable(string SessionId, string Camera, string File, long Bytes, DateTimeOffset Start);

/// <summary>
/// Which segments to delete. Pure. Only a segment whose copy was confirmed by its hash is ever chosen; footage without a confirmed copy
/// is never deleted by the software, however full the disk is.
/// </summary>
public static class Retention
{
    /// <summary>All that may go, oldest first.</summary>
    public static IEnumerable<Deletable> Offloaded(IEnumerable<Manifest> manifests) =>
        manifests
            .SelectMany(manifest =>
                manifest
                    .Segments.Where(segment => segment is { Offloaded: not null, Closed: true, Deleted: null })
                    .Select(segment => new Deletable(
                        manifest.SessionId,
                        manifest.Camera,
                        segment.File,
                        segment.Bytes,
                        segment.First ?? manifest.Start
                    ))
            )
            .OrderBy(segment => segment.Start)
            .ThenBy(segment => segment.File, StringComparer.Ordinal);

    /// <summary>What must go now so that free space rises above the warn level; everything confirmed when copies need not be kept.</summary>
    public static IReadOnlyList<Deletable> Due(
        IEnumerable<Manifest> manifests,
        DiskStatus disk,
        GateSettings gates,
        RetentionSettings retention
    )
    {
        if (retention.DeleteAfterConfirm)
        {
            return [.. Offloaded(manifests)];
        }

        long wanted = (long)(disk.TotalBytes * gates.DiskWarnPercent / 100) - disk.FreeBytes;
        List<Deletable> due = [];
        foreach (Deletable segment in Offloaded(manifests))
        {
            if (wanted <= 0)
            {
                break;
            }

            due.Add(segment);
            wanted -= segment.Bytes;
        }

        return due;
    }
}
