using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;
using Rig.EndToEnd.Tests.Support;

namespace Rig.EndToEnd.Tests;

/// <summary>A node with two test cameras and one that plays a clip; one session of some seconds, stopped.</summary>
public sealed class ThreeCameras : IAsyncLifetime
{
    internal const string Session = "DEMO";

    private string _media = "";

    internal RunningNode Node { get; private set; } = null!;

    internal SessionOutcome Started { get; private set; } = null!;

    internal SessionOutcome Stopped { get; private set; } = null!;

    internal IReadOnlyDictionary<string, Manifest> Manifests { get; private set; } = null!;

    internal string FileOf(string camera) => Node.Files(Session, camera).Single();

    public async Task InitializeAsync()
    {
        _media = Directory.CreateTempSubdirectory("rig-e2e-media-").FullName;
        string clip = Clips.Shared ?? await Clips.MakeAsync(_media, 10);
        Node = await RunningNode.StartAsync(
            $$"""
            cam0 { source = "test:640x360@25", position = Left }
            cam1 { source = "test:1280x720@30?audio=aac", position = Right }
            clip { source = "file:{{clip}}?loop" }
            """
        );
        await Node.StreamingAsync(logSeconds: 2);
        Started = await Node.StartAsync(
            new StartSession
            {
                SessionId = Session,
                Metadata = new Dictionary<string, string> { ["match"] = "A against B" },
            }
        );
        await Node.RecordedAsync("cam0", 100);
        await Node.PostAsync("/api/v1/marks", """{ "name": "Goal" }""");
        await Node.RecordedAsync("cam0", 125);
        Stopped = await Node.StopAsync();
        Manifests = await Node.ManifestsAsync(
            Session,
            manifest => manifest.Complete && manifest.Segments.All(segment => segment.Sha256 is not null)
        );
    }

    public async Task DisposeAsync()
    {
        await Node.DisposeAsync();
        Directory.Delete(_media, recursive: true);
    }
}
