using System.Collections.Concurrent;
using Akka.Actor;
using Rig.Actors.Cameras;
using Rig.Actors.Health;
using Rig.Actors.Tests.Support;
using Rig.Contracts.Cameras;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Tests.Rigs;

/// <summary>What a node's cameras were told, and whether each streams.</summary>
internal sealed class CameraLog(string node, IReadOnlyList<string> cameras)
{
    private readonly ConcurrentDictionary<string, StartRecording> _recording = new(StringComparer.Ordinal);

    public ConcurrentQueue<StartRecording> Starts { get; } = new();
    public ConcurrentQueue<StopRecording> Stops { get; } = new();
    public ConcurrentQueue<MarkRecording> Marks { get; } = new();
    public ConcurrentDictionary<string, IngestState> Ingest { get; } = new(StringComparer.Ordinal);

    /// <summary>The session that a camera records; null for none.</summary>
    public string? Session(string camera) => _recording.TryGetValue(camera, out StartRecording? order) ? order.Order.SessionId : null;

    public StartRecording? Order(string camera) => _recording.GetValueOrDefault(camera);

    public IReadOnlyList<CameraStatus> Status() =>
        [.. cameras.Select(id => Samples.Camera(id, Ingest.GetValueOrDefault(id, IngestState.Streaming)) with { Node = node })];

    public CameraOutcome Obey(object command)
    {
        switch (command)
        {
            case StartRecording start:
                Starts.Enqueue(start);
                _recording[start.Camera] = start;
                return new CameraOutcome { Camera = start.Camera, Result = CameraResult.Recording };
            case StopRecording stop:
                Stops.Enqueue(stop);
                _recording.TryRemove(stop.Camera, out _);
                return new CameraOutcome { Camera = stop.Camera, Result = CameraResult.Stopped };
            default:
                throw new ArgumentOutOfRangeException(nameof(command));
        }
    }
}

/// <summary>Cameras that always do at once what they are told, and a machine that is well.</summary>
internal sealed class PlayedCameras : ReceiveActor
{
    public PlayedCameras(CameraLog log)
    {
        Receive<GetCameras>(_ => Sender.Tell(log.Status()));
        Receive<StartRecording>(start => Sender.Tell(log.Obey(start)));
        Receive<StopRecording>(stop => Sender.Tell(log.Obey(stop)));
        Receive<MarkRecording>(log.Marks.Enqueue);
        Receive<GetGates>(_ => Sender.Tell(new GatesAnswer([])));
    }
}
