using System.Buffers;
using System.Globalization;
using Rig.Media.Time;

namespace Rig.Streams.Recording;

/// <summary>Names of segment files: media.md, "Segments on disk".</summary>
internal static class SegmentName
{
    /// <summary>Segments that may begin in the same second; more means that something cuts them without reason.</summary>
    public const int MaxSuffix = 1000;

    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
    );

    public static string Of(string session, string camera, UtcInstant first, int suffix)
    {
        string time = first.ToDateTimeOffset().ToString("yyyyMMdd_HHmmss", CultureInfo.InvariantCulture);
        return suffix <= 1 ? $"{session}_{camera}_{time}.mp4" : $"{session}_{camera}_{time}_{suffix}.mp4";
    }

    /// <exception cref="ArgumentException">The id could leave its folder or means something to a shell.</exception>
    public static void Check(string id, string parameter)
    {
        if (id.Length is 0 or > 100 || id.StartsWith('.') || id.AsSpan().ContainsAnyExcept(Allowed))
        {
            throw new ArgumentException(
                $"'{id}' cannot be part of a file name: 1 to 100 letters, digits, '-', '_', '.', not beginning with '.'.",
                parameter
            );
        }
    }
}
