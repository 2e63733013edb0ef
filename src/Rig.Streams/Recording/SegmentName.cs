using System.Buffers;
using System.Globalization;
using Rig.Media.Time;

namespace Rig.Streams.Recording;

/// <summary>Names of segment files: media.md, "Segments on disk".</summary>
public static class SegmentName
{
    /// <summary>Segments that may begin in the same second; more means that something cuts them without reason.</summary>
    internal const int MaxSuffix = 1000;

    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
    );

    internal static string Of(string session, string camera, UtcInstant first, int suffix)
    {
        string time = first.ToDateTimeOffset().ToString("yyyyMMdd_HHmmss", CultureInfo.InvariantCulture);
        return suffix <= 1 ? $"{session}_{camera}_{time}.mp4" : $"{session}_{camera}_{time}_{suffix}.mp4";
    }

    /// <summary>Why an id of a session or camera cannot be part of a file name (it could leave its folder, or means something to a shell); null when it can.</summary>
    public static string? FindProblem(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return id.Length is 0 or > 100 || id.StartsWith('.') || id.AsSpan().ContainsAnyExcept(Allowed)
            ? $"'{id}' cannot be part of a file name: 1 to 100 letters, digits, '-', '_', '.', not beginning with '.'."
            : null;
    }

    /// <exception cref="ArgumentException">See <see cref="FindProblem"/>.</exception>
    internal static void Check(string id, string parameter)
    {
        if (FindProblem(id) is { } problem)
        {
            throw new ArgumentException(problem, parameter);
        }
    }
}
