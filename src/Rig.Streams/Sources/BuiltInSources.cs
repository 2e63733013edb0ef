using Rig.Streams.Sources.Files;
using Rig.Streams.TestCamera;

namespace Rig.Streams.Sources;

/// <summary>The schemes that come with the rig, put together; a node may add its own.</summary>
public static class BuiltInSources
{
    /// <summary>A new instance of every scheme.</summary>
    public static IReadOnlyList<ISourceScheme> All() =>
        [
            new TestCameraScheme(),
            new FileScheme(),
            new ExecScheme(),
            new V4l2Scheme(),
            new LibcameraScheme(),
            new UdpScheme(),
            new TcpScheme(),
            new FfmpegScheme(),
        ];

    /// <summary>A registry of <see cref="All"/>.</summary>
    public static SourceRegistry Registry() => new(All());
}
