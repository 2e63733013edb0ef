using Rig.Streams.Sources;
using Rig.Streams.TestCamera;
using Rig.Streams.Tests.Sources;

namespace Rig.Streams.Tests.TestCamera;

/// <summary>Runs a test camera on a clock of its own, faster than real time.</summary>
internal static class TestCameraRun
{
    public static async Task<RecordingOutput> Of(string source, TimeSpan length, ManualTime? time = null)
    {
        ManualTime clock = time ?? new ManualTime();
        var output = new RecordingOutput();
        await using ISource camera = new SourceRegistry([new TestCameraScheme()]).Create(source, new SourceContext { Time = clock });
        using var stop = new CancellationTokenSource();
        Task run = Inline.Start(() => camera.RunAsync(output, stop.Token));
        clock.Advance(length);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        return output;
    }
}
