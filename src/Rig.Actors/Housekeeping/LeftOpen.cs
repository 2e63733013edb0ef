using System.Globalization;
using System.Text.RegularExpressions;
using Rig.Contracts.Recordings;

namespace Rig.Actors.Housekeeping;

/// <summary>Finds the files that a process which was killed left open, and those that no manifest tells of.</summary>
public static partial class LeftOpen
{
    /// <summary>Segments that a manifest calls open, and segments that no manifest knows, in the order of their names.</summary>
    /// <param name="recordings">The recordings folder; need not exist.</param>
    /// <param name="manifests">All that could be read.</param>
    public static IReadOnlyList<OpenSegment> Find(string recordings, IReadOnlyList<Manifest> manifests)
    {
        IEnumerable<OpenSegment> open = manifests.SelectMany(manifest =>
            manifest
                .Segments.Where(segment => segment is { Closed: false, Deleted: null, Damage: null })
                .Where(segment => File.Exists(Path.Combine(recordings, manifest.SessionId, segment.File)))
                .Select(segment => new OpenSegment(manifest.SessionId, manifest.Camera, segment.File))
        );
        HashSet<(string Session, string File)> known =
        [
            .. manifests.SelectMany(manifest => manifest.Segments.Select(segment => (manifest.SessionId, segment.File))),
        ];
        return [.. open, .. OnDisk(recordings).Where(segment => !known.Contains((segment.SessionId, segment.File)))];
    }

    /// <summary>When a segment began, by its name: to the second, UTC. Null when it is not named like one.</summary>
    public static DateTimeOffset? BeginOf(string file) =>
        Name().Match(file) is { Success: true } match
        && DateTimeOffset.TryParseExact(
            match.Groups["time"].Value,
            "yyyyMMdd_HHmmss",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out DateTimeOffset begin
        )
            ? begin
            : null;

    private static IEnumerable<OpenSegment> OnDisk(string recordings)
    {
        if (!Directory.Exists(recordings))
        {
            return [];
        }

        return from folder in Directory.EnumerateDirectories(recordings)
            let session = Path.GetFileName(folder)
            from file in Directory
                .EnumerateFiles(folder, $"{session}_*.mp4")
                .Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal)
            let match = Name().Match(file, session.Length + 1, file.Length - session.Length - 1)
            where match.Success && BeginOf(file) is not null
            select new OpenSegment(session, match.Groups["camera"].Value, file);
    }

    /// <summary>media.md, "Segments on disk": <c>{SESSION_ID}_{CAM_ID}_{YYYYMMDD}_{HHMMSS}.mp4</c>, a number after it when several begin in one second.</summary>
    [GeneratedRegex(
        @"(?<camera>.+)_(?<time>[0-9]{8}_[0-9]{6})(_[0-9]{1,4})?\.mp4\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Name();
}
