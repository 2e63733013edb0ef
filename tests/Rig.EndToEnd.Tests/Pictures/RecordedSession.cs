using System.Globalization;
using Rig.Contracts.Cameras;
using Rig.Contracts.Json;
using Rig.Contracts.Nodes;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;
using Rig.EndToEnd.Tests.Support;

namespace Rig.EndToEnd.Tests.Pictures;

/// <summary>A node that has recorded a session of several files a camera, with a mark, a lock view and a gap in one camera; it goes on running.</summary>
public sealed class RecordedSession : IAsyncLifetime
{
    public const string Name = "a recorded session, one test at a time";
    public const string Id = "PLAY";

    internal RunningNode Node { get; private set; } = null!;

    public DateTimeOffset Start { get; private set; }

    internal IReadOnlyDictionary<string, Manifest> Manifests { get; private set; } = null!;

    internal LockViewTaken LockView { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Node = await RunningNode.StartAsync(
            """
            cam0.source = "test:640x360@25?audio=aac"
            cam1.source = "test:640x360@25?bframes=2&gop=25"
            cam2.source = "test:640x360@25"
            """,
            """
            recording.rotation = 2s
            rtsp.port = 0
            # A machine that runs tests is busy: here the guard must not end what is looked at.
            lowStream { enabled = true, height = 180, stopAbove = 100% }
            """
        );
        await Node.StreamingAsync(logSeconds: 1);
        SessionOutcome started = await Node.StartAsync(new StartSession { SessionId = Id });
        Start = started.Start;
        await Node.RecordedAsync("cam0", 50);
        await Node.PostAsync("/api/v1/marks", """{"name":"kick-off"}""");
        (_, string view) = await Node.PostAsync("/api/v1/lockview", "");
        LockView = System.Text.Json.JsonSerializer.Deserialize(view, Contracts.Json.RigJson.Default.LockViewTaken)!;
        await Node.PostAsync("/api/v1/cameras/cam2/pause", "");
        await Node.UntilAsync("cam2 is paused", status => status.Cameras[2].Ingest.State == IngestState.Paused);
        await RecordedOnAsync(60);
        await Node.PostAsync("/api/v1/cameras/cam2/resume", "");
        await Node.UntilAsync("cam2 streams again", status => status.Cameras[2].Ingest.State == IngestState.Streaming);
        await RecordedOnAsync(50);
        Manifests = await Node.FinishAsync(Id);
    }

    public Task DisposeAsync() => Node.DisposeAsync().AsTask();

    /// <summary>Waits until cam0 has recorded so many frames more: whatever took long before does not shorten it.</summary>
    private async Task RecordedOnAsync(long frames)
    {
        NodeStatus now = await Node.GetAsync("/api/v1/status", RigJson.Default.NodeStatus);
        await Node.RecordedAsync("cam0", now.Cameras[0].Recorder.Frames + frames);
    }

    /// <summary>The address of a span that begins so many seconds after T0.</summary>
    internal string Span(string camera, double after, double seconds, string format) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"/get?path={camera}&start={Uri.EscapeDataString(Start.AddSeconds(after).ToString("O"))}&duration={seconds}&format={format}"
        );

    /// <summary>Fetches into a file.</summary>
    internal async Task<(string File, HttpResponseMessage Answer)> FetchAsync(string path, string ending = ".mp4")
    {
        HttpResponseMessage answer = await Node.Http.GetAsync(path);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode} {(int)answer.StatusCode}");
        string file = Path.Combine(Node.Folder, Guid.NewGuid().ToString("N") + ending);
        await File.WriteAllBytesAsync(file, await answer.Content.ReadAsByteArrayAsync());
        return (file, answer);
    }
}

[CollectionDefinition(RecordedSession.Name)]
public sealed class RecordedSessionCollection : ICollectionFixture<RecordedSession>;
