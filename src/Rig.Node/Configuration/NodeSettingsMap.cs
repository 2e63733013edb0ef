// From the options, as people write them, to what the control plane is told. The one place that knows both.
using Rig.Actors.Settings;

namespace Rig.Node.Configuration;

/// <summary>Makes <see cref="NodeSettings"/> of <see cref="RigOptions"/>.</summary>
public static class NodeSettingsMap
{
    /// <summary>The settings on a machine with this much memory.</summary>
    /// <param name="options">Validated options.</param>
    /// <param name="version">Version of this program.</param>
    /// <param name="machineBytes">Memory of the machine, or of the container's limit.</param>
    /// <param name="localZone">What <c>recording.timecode = local</c> means.</param>
    public static NodeSettings ToSettings(this RigOptions options, string version, long machineBytes, TimeZoneInfo localZone) =>
        new()
        {
            NodeId = options.Node.Id,
            Position = Given(options.Node.Position),
            Mode = options.Node.Mode,
            Version = version,
            RecordingsFolder = options.Node.RecordingsFolder(),
            StateFolder = options.Node.StateFolder(),
            Cameras = [.. options.Cameras.Select(camera => Camera(camera.Key, camera.Value))],
            Recording = Recording(options.Recording, localZone),
            Log = Log(options.Log, machineBytes),
            Ingest = Ingest(options.Ingest),
            Gates = Gates(options.Gates),
            Retention = new RetentionSettings { DeleteAfterConfirm = options.Retention.DeleteAfterConfirm },
        };

    private static CameraSettings Camera(string id, CameraOptions camera) =>
        new()
        {
            Id = id,
            Source = camera.Source,
            Name = Given(camera.Name),
            Position = Given(camera.Position),
            Audio = camera.Audio,
        };

    private static RecordingSettings Recording(RecordingOptions recording, TimeZoneInfo localZone) =>
        new()
        {
            Rotation = recording.Rotation,
            AlignToClock = recording.AlignToClock,
            Fragment = recording.Fragment,
            SyncInterval = recording.SyncInterval,
            AllocationStep = recording.AllocationStep.Bytes,
            TimecodeZone = recording.Timecode == TimecodeClock.Local ? localZone : null,
            ResumeWithin = recording.ResumeWithin,
            StartTimeout = recording.StartTimeout,
            StopTimeout = recording.StopTimeout,
        };

    private static LogSettings Log(LogOptions log, long machineBytes) =>
        new()
        {
            PreRoll = log.PreRoll,
            CameraBytes = log.CameraBytesOn(machineBytes),
            NodeBytes = log.NodeBytesOn(machineBytes),
            HighWatermark = log.HighWatermark.Fraction,
            LowWatermark = log.LowWatermark.Fraction,
        };

    private static IngestSettings Ingest(IngestOptions ingest) =>
        new()
        {
            StallTimeout = ingest.StallTimeout,
            RetryMin = ingest.RetryMin,
            RetryMax = ingest.RetryMax,
            RetryJitter = ingest.RetryJitter.Fraction,
            BreakerFailures = ingest.BreakerFailures,
            BreakerReset = ingest.BreakerReset,
        };

    private static GateSettings Gates(GateOptions gates) =>
        new()
        {
            DiskWarnPercent = gates.DiskWarn.Value,
            DiskBlockPercent = gates.DiskBlock.Value,
            TemperatureWarn = gates.TemperatureWarn.Degrees,
            TemperatureBlock = gates.TemperatureBlock.Degrees,
            BatteryWarnPercent = gates.BatteryWarn.Value,
            BatteryBlockPercent = gates.BatteryBlock.Value,
            ClockWarnMs = gates.ClockWarn.TotalMilliseconds,
            ClockBlockMs = gates.ClockBlock?.TotalMilliseconds,
            Interval = gates.Interval,
        };

    private static string? Given(string text) => text.Length == 0 ? null : text;
}
