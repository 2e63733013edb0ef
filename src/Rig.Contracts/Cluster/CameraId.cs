using System.Diagnostics.CodeAnalysis;

namespace Rig.Contracts.Cluster;

/// <summary>A camera, unique in the rig: <c>CAM_L/cam0</c>. Without the node it means a camera of the node that is asked.</summary>
public readonly record struct CameraId(string Node, string Camera)
{
    public override string ToString() => $"{Node}/{Camera}";

    /// <summary>Reads <c>CAM_L/cam0</c>, or <c>cam0</c> for a camera of <paramref name="home"/>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, string home, out CameraId id)
    {
        id = default;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        int slash = text.IndexOf('/', StringComparison.Ordinal);
        id = slash < 0 ? new CameraId(home, text) : new CameraId(text[..slash], text[(slash + 1)..]);
        return id.Node.Length > 0 && id.Camera.Length > 0 && !id.Camera.Contains('/', StringComparison.Ordinal);
    }
}
