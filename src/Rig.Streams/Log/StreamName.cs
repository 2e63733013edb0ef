using System.Diagnostics.CodeAnalysis;

namespace Rig.Streams.Log;

/// <summary>Which of a camera's streams.</summary>
public enum StreamQuality
{
    /// <summary>As the camera sends it; what is recorded.</summary>
    Full,

    /// <summary>The 720p stream for phones on weak networks, made on this node while somebody watches it.</summary>
    Low,
}

/// <summary>A camera's stream by name: <c>cam0</c>, or <c>cam0~low</c> where an address has no room for <c>?quality=low</c> (RTSP paths).</summary>
public readonly record struct StreamName(string Camera, StreamQuality Quality = StreamQuality.Full)
{
    private const string LowSuffix = "~low";

    public override string ToString() => Quality == StreamQuality.Low ? Camera + LowSuffix : Camera;

    /// <summary>Reads a name and, where the address has one, its <c>quality</c>: <c>full</c>, <c>low</c> or nothing. False for any other quality.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, string? quality, out StreamName stream)
    {
        stream = default;
        if (string.IsNullOrEmpty(name) || quality is not (null or "" or "full" or "low"))
        {
            return false;
        }

        bool suffixed = name.EndsWith(LowSuffix, StringComparison.Ordinal);
        string camera = suffixed ? name[..^LowSuffix.Length] : name;
        stream = new StreamName(camera, suffixed || quality == "low" ? StreamQuality.Low : StreamQuality.Full);
        return camera.Length > 0;
    }
}
