using Akka.Actor;
using Rig.Actors;
using Rig.Actors.Cameras;
using Rig.Actors.Health;
using Rig.Actors.Housekeeping;
using Rig.Actors.Sessions;
using Rig.Contracts.Cameras;
using Rig.Contracts.Nodes;
using Rig.Contracts.Problems;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;

namespace Rig.Node.Control;

/// <summary>
/// This node's commands and questions as plain calls, for every transport alike: HTTP routes, the R58 routes, the self-test, other nodes. Each turns
/// into one message to an actor. What concerns the whole rig is in <see cref="RigControl"/>.
/// </summary>
public sealed class NodeControl(RigSystem rig, ProcessMeter meter, TimeProvider time)
{
    /// <summary>Longer than any time limit that the actors keep among themselves.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly DateTimeOffset _started = time.GetUtcNow();

    public string NodeId => rig.Settings.Current.NodeId;

    public Task<IReadOnlyList<CameraStatus>> GetCamerasAsync(CancellationToken cancel) =>
        rig.Cameras.Ask<IReadOnlyList<CameraStatus>>(GetCameras.Instance, Patience, cancel);

    /// <summary>Null when there is no such camera.</summary>
    public async Task<CameraStatus?> GetCameraAsync(string camera, CancellationToken cancel) =>
        await rig.Cameras.Ask<object>(new GetCamera(camera), Patience, cancel) as CameraStatus;

    public async Task<CameraStatus?> PauseAsync(string camera, CancellationToken cancel) =>
        await rig.Cameras.Ask<object>(new PauseCamera(camera), Patience, cancel) as CameraStatus;

    public async Task<CameraStatus?> ResumeAsync(string camera, CancellationToken cancel) =>
        await rig.Cameras.Ask<object>(new ResumeCamera(camera), Patience, cancel) as CameraStatus;

    public async Task<SessionStatus?> GetSessionAsync(CancellationToken cancel) =>
        (await rig.Session.Ask<CurrentSession>(Rig.Actors.Sessions.GetSession.Instance, Patience, cancel)).Session;

    /// <summary>This node's cameras only. <see cref="SessionOutcome"/> or <see cref="Problem"/>.</summary>
    public Task<object> StartLocalAsync(StartSession request, CancellationToken cancel) =>
        rig.Session.Ask<object>(request, Patience, cancel);

    /// <summary>This node's cameras only. <see cref="SessionOutcome"/> or <see cref="Problem"/>; waits until the files are closed.</summary>
    public Task<object> StopLocalAsync(StopSession request, CancellationToken cancel) =>
        rig.Session.Ask<object>(request, StopPatience(request), cancel);

    /// <summary>This node's cameras only. <see cref="Mark"/> or <see cref="Problem"/>.</summary>
    public Task<object> MarkLocalAsync(AddMark request, CancellationToken cancel) => rig.Session.Ask<object>(request, Patience, cancel);

    /// <summary><see cref="ConfirmedOffload"/> or <see cref="Problem"/>.</summary>
    public Task<object> ConfirmAsync(ConfirmOffload request, CancellationToken cancel) =>
        rig.Housekeeper.Ask<object>(request, Patience, cancel);

    public Task<DeletedOffloaded> DeleteOffloadedAsync(CancellationToken cancel) =>
        rig.Housekeeper.Ask<DeletedOffloaded>(DeleteOffloaded.Instance, Patience, cancel);

    public async Task<NodeStatus> GetStatusAsync(CancellationToken cancel)
    {
        Task<IReadOnlyList<CameraStatus>> camerasTask = GetCamerasAsync(cancel);
        Task<HealthAnswer> healthTask = rig.Health.Ask<HealthAnswer>(GetHealth.Instance, Patience, cancel);
        Task<SessionStatus?> sessionTask = GetSessionAsync(cancel);
        IReadOnlyList<CameraStatus> cameras = await camerasTask;
        HealthAnswer health = await healthTask;
        DateTimeOffset now = time.GetUtcNow();
        GateReading[] gates = [.. health.Gates, .. cameras.SelectMany(Gates.OfCamera)];
        ClockStatus clock = health.Machine.Clock;
        return new NodeStatus
        {
            NodeId = NodeId,
            Version = rig.Settings.Current.Version,
            Mode = rig.Settings.Current.Mode,
            LocalTime = now,
            MasterTime = clock.OffsetMs is { } offset ? now.AddMilliseconds(-offset) : null,
            UptimeSeconds = (now - _started).TotalSeconds,
            Cameras = cameras,
            Session = await sessionTask,
            Disk = health.Machine.Disk,
            Battery = health.Machine.Battery,
            Temperature = health.Machine.Temperature,
            Clock = clock,
            Process = meter.Read(cameras.Sum(camera => camera.Log.Bytes)),
            Gates = gates,
            Warnings = [.. health.Alarms.Select(alarm => $"{alarm.Text} {alarm.Remedy}")],
        };
    }

    /// <summary>How long a stop may take: files are closed after T1, which may lie ahead.</summary>
    internal TimeSpan StopPatience(StopSession request)
    {
        TimeSpan wait = rig.Settings.Current.Recording.StopTimeout + Patience;
        DateTimeOffset now = time.GetUtcNow();
        return request.At is { } at && at > now ? wait + (at - now) : wait;
    }
}
