using Rig.EndToEnd.Tests.Support;

namespace Rig.EndToEnd.Tests.Live;

/// <summary>One node for all tests of live pictures: a camera of each codec that viewers can play, and one that is fast and large.</summary>
public sealed class LiveNode : IAsyncLifetime
{
    private const string Cameras = """
        cam0.source = "test:640x360@25?audio=aac"
        large.source = "test:1280x720@25?bitrate=40M"
        hevc.source = "test:640x360@5?codec=h265"
        opus.source = "exec:ffmpeg -v error -re -f lavfi -i testsrc2=size=320x180:rate=10 -f lavfi -i sine=sample_rate=48000 -c:v libx264 -preset ultrafast -bf 2 -g 10 -c:a libopus -f mpegts -"
        av1.source = "exec:ffmpeg -v error -re -f lavfi -i testsrc2=size=320x180:rate=10 -c:v libaom-av1 -usage realtime -cpu-used 8 -lag-in-frames 0 -g 10 -f ivf -"
        """;

    private RunningNode? _node;

    internal RunningNode Node => _node ?? throw new InvalidOperationException("The node does not run.");

    internal Uri Http => Node.Http.BaseAddress!;

    /// <summary>Where its log says that RTSP answers.</summary>
    internal string Rtsp { get; private set; } = "";

    public async Task InitializeAsync()
    {
        _node = await RunningNode.StartAsync(Cameras);
        await _node.StreamingAsync(logSeconds: 2);
        const string Marker = "RTSP is served at ";
        string output = _node.Output;
        int at = output.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length;
        Rtsp = output[at..output.IndexOf('\n', at)].Trim();
    }

    public async Task DisposeAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }
    }
}

[CollectionDefinition(nameof(LiveNode))]
public sealed class LiveNodeTests : ICollectionFixture<LiveNode>;
