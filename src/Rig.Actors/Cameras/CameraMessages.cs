using Rig.Actors.Flows;
using Rig.Actors.Settings;
using Rig.Contracts.Cameras;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Cameras;

/// <summary>To the supervisor: answers with <c>IReadOnlyList&lt;CameraStatus&gt;</c>, in the order of the configuration.</summary>
public sealed record GetCameras
{
    public static readonly GetCameras Instance = new();
}

/// <summary>To the supervisor: answers with <see cref="CameraStatus"/> or <see cref="UnknownCamera"/>.</summary>
public sealed record GetCamera(string Camera);

public sealed record UnknownCamera(string Camera);

/// <summary>To the supervisor: the source ends and is not tried again until resumed. Answers with the status after it.</summary>
public sealed record PauseCamera(string Camera);

/// <summary>To the supervisor: starts a paused or failed camera. Answers with the status after it.</summary>
public sealed record ResumeCamera(string Camera);

/// <summary>To the supervisor: the configuration changed. A camera whose settings are the same is not touched, unless all are to be started anew.</summary>
public sealed record ApplyCameras(IReadOnlyList<CameraSettings> Cameras, bool RestartAll = false);

/// <summary>Begins to record; answers with a <see cref="CameraOutcome"/> when it records, waits for its start, or cannot.</summary>
public sealed record StartRecording(string Camera, RecordingOrder Order);

/// <summary>Ends the recording; answers with a <see cref="CameraOutcome"/> when all files are closed.</summary>
public sealed record StopRecording(string Camera, string SessionId, DateTimeOffset End);

/// <summary>A mark for the manifest and the open segment.</summary>
public sealed record MarkRecording(string Camera, string SessionId, Mark Mark);

/// <summary>The program ends: closes the files of all recordings, whose sessions go on at the next start. Answers with <see cref="Suspended"/>.</summary>
public sealed record SuspendRecordings
{
    public static readonly SuspendRecordings Instance = new();
}

public sealed record Suspended
{
    public static readonly Suspended Instance = new();
}

/// <summary>Between a camera and its children: answers with <see cref="IngestStatus"/> or <see cref="RecorderStatus"/>.</summary>
public sealed record GetStatus
{
    public static readonly GetStatus Instance = new();
}
