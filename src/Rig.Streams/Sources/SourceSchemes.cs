using Rig.Streams.Sources.Files;
using Rig.Streams.TestCamera;

namespace Rig.Streams.Sources;

/// <summary>The schemes that come with the program. A new one is one line here.</summary>
public static class SourceSchemes
{
    public static IReadOnlyList<ISourceScheme> All { get; } =
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

    /// <summary>A registry of all of them.</summary>
    public static SourceRegistry Registry() => new(All);

    /// <summary>An acceptor for a source that listens for any number of senders; null for every other source.</summary>
    /// <exception cref="SourceException">The text is wrong, or the port is taken.</exception>
    public static TcpAcceptor? TryListen(string text) => new TcpScheme().FindListener(SourceUri.Parse(text)) is { } at ? TcpAcceptor.Listen(at) : null;
}
