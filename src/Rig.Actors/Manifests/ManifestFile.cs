using System.Globalization;
using System.Text.Json;
using Rig.Contracts.Json;
using Rig.Contracts.Recordings;

namespace Rig.Actors.Manifests;

/// <summary>Manifests on disk: <c>{recordings}/{session}/{session}_{camera}.json</c>, replaced atomically so that a reader sees the old one or the new one.</summary>
public static class ManifestFile
{
    /// <summary>More than any real manifest: 2,000 gaps, 2,000 notes and the segments of a week.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>Follows the name of a manifest that could not be read when a new one had to be written.</summary>
    private const string SetAsideEnding = ".unreadable";

    public static string PathOf(string recordings, string session, string camera) =>
        Path.Combine(recordings, session, $"{session}_{camera}.json");

    /// <exception cref="InvalidDataException">The file is no manifest, or one of a newer program; the message says which.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Manifest Read(string path)
    {
        if (new FileInfo(path).Length > MaxBytes)
        {
            throw new InvalidDataException($"{path} is larger than {MaxBytes} bytes and cannot be a manifest.");
        }

        try
        {
            Manifest? manifest = JsonSerializer.Deserialize(File.ReadAllBytes(path), RigJson.Default.Manifest);
            return manifest switch
            {
                null => throw new InvalidDataException($"{path} holds no manifest."),
                { Schema: > Manifest.CurrentSchema } => throw new InvalidDataException(
                    $"{path} was written by a newer program (schema {manifest.Schema}); update this one."
                ),
                _ when !IsInPlace(manifest, path) => throw new InvalidDataException(
                    $"{path} names a session or file that is not beside it."
                ),
                _ => manifest,
            };
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} is no manifest: {error.Message}", error);
        }
    }

    /// <summary>Whatever a manifest says, only files of its own folder are ever hashed, repaired or deleted for it.</summary>
    private static bool IsInPlace(Manifest manifest, string path) =>
        Path.GetFileName(path).StartsWith($"{manifest.SessionId}_{manifest.Camera}", StringComparison.Ordinal)
        && manifest.Segments.All(segment =>
            segment.File == Path.GetFileName(segment.File) && segment.File.EndsWith(".mp4", StringComparison.Ordinal)
        );

    /// <summary>Writes the manifest and returns when it is durable.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public static void Write(string path, Manifest manifest)
    {
        string temporary = path + ".part";
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(manifest, RigJson.Indented.Manifest);
        using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write, FileShare.Read))
        {
            file.Write(json);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Keeps a file that cannot be read, under another name, so that a new manifest can take its place.</summary>
    /// <returns>Its new path.</returns>
    /// <exception cref="IOException">The disk refused.</exception>
    public static string SetAside(string path)
    {
        string aside = path + SetAsideEnding;
        for (int number = 2; File.Exists(aside); number++)
        {
            aside = string.Create(CultureInfo.InvariantCulture, $"{path}{SetAsideEnding}-{number}");
        }

        File.Move(path, aside);
        return aside;
    }

    /// <summary>Every file that <see cref="SetAside"/> kept below a recordings folder.</summary>
    public static IEnumerable<string> FindSetAside(string recordings) => Find(recordings, $"*.json{SetAsideEnding}*");

    /// <summary>Every manifest below a recordings folder.</summary>
    public static IEnumerable<string> Find(string recordings) => Find(recordings, "*.json");

    private static IEnumerable<string> Find(string recordings, string pattern) =>
        Directory.Exists(recordings)
            ? Directory
                .EnumerateDirectories(recordings)
                .SelectMany(session => Directory.EnumerateFiles(session, $"{Path.GetFileName(session)}_{pattern}"))
                .Order(StringComparer.Ordinal)
            : [];
}
