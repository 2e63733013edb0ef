using Rig.Streams.Sources;

namespace Rig.Streams.TestCamera;

/// <summary><c>test:</c>, the test camera.</summary>
public sealed class TestCameraScheme : ISourceScheme
{
    private const int AudioTrack = 1;

    public IReadOnlyList<string> Names => ["test"];

    public string Example => "test:1280x720@30";

    public ISource Create(SourceUri uri, SourceContext context)
    {
        TestCameraOptions options = TestCameraOptions.Parse(uri, context.CameraId);
        ITone? tone = options.Audio switch
        {
            TestAudio.Pcm => new PcmTone(context.Pool, AudioTrack, options.DriftPpm),
            TestAudio.Aac => new AacTone(context, AudioTrack, options.DriftPpm),
            _ => null,
        };
        var camera = new TestCameraSource(options, context, tone);
        return options.NeedsEncoder ? new TranscodedTestCamera(camera, options, context) : camera;
    }
}
