using Rig.Actors.Health;
using Rig.Contracts.Cameras;
using Rig.Contracts.Cluster;
using Rig.Contracts.Nodes;
using Rig.Contracts.Recordings;

namespace Rig.Actors.Tests.Support;

/// <summary>Records as a healthy rig would give them; tests change what they are about.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static Member Member(string node, IReadOnlyList<string> cameras) =>
        new()
        {
            NodeId = node,
            LinkAddress = "",
            HttpAddress = $"http://{node}",
            Roles = ["camera"],
            Incarnation = Guid.NewGuid(),
            Version = "0.1.0",
            Cameras = cameras,
            Since = Noon,
        };

    public static MachineReadings Machine() =>
        new()
        {
            Disk = new DiskStatus
            {
                Path = "recordings",
                Writable = true,
                FreeBytes = 500_000_000_000,
                TotalBytes = 1_000_000_000_000,
                FreePercent = 50,
                EstimatedMinutes = 600,
            },
            Battery = new BatteryStatus(80, Charging: false),
            Temperature = new TemperatureStatus(50, "cpu"),
            Clock = new ClockStatus
            {
                Source = "chrony",
                Synchronised = true,
                OffsetMs = 0.1,
                UncertaintyMs = 0.2,
            },
        };

    public static CameraStatus Camera(string id, IngestState ingest = IngestState.Streaming, RecorderState recorder = RecorderState.Idle) =>
        new()
        {
            Id = id,
            Node = "CAM_L",
            Source = "test:640x360@25",
            Ingest = new IngestStatus { State = ingest },
            Recorder = new RecorderStatus { State = recorder },
            Log = new LogStatus(),
        };

    public static Manifest Manifest(string session = "DEMO", string camera = "cam0") =>
        new()
        {
            SessionId = session,
            Camera = camera,
            Node = "CAM_L",
            SoftwareVersion = "0.1.0",
            Start = Noon,
            Segments = [],
        };
}
