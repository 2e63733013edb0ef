using Rig.Actors.Settings;
using Rig.Media.Time;
using Rig.Node.Configuration;
using Rig.Streams.Live;
using Rig.Streams.Live.Hls;

namespace Rig.Node.Hosting;

/// <summary>From the configuration's words to the settings that the control plane works with.</summary>
public static class SettingsMapping
{
    /// <param name="options">The validated configuration.</param>
    /// <param name="version">Version of this program.</param>
    /// <param name="machineBytes">Memory of this machine, which bounds the logs.</param>
    public static NodeSettings ToSettings(this RigOptions options, string version, long machineBytes) =>
        new()
        {
            NodeId = options.Node.Id,
            Position = NullIfEmpty(options.Node.Position),
            Mode = options.Node.Mode,
            Version = version,
            RecordingsFolder = options.Node.RecordingsFolder(),
            StateFolder = options.Node.StateFolder(),
            Cameras = [.. options.Cameras.Select(camera => Camera(camera.Key, camera.Value))],
            Recording = new RecordingSettings
            {
                Rotation = options.Recording.Rotation,
                AlignToClock = options.Recording.AlignToClock,
                Fragment = options.Recording.Fragment,
                SyncInterval = options.Recording.SyncInterval,
                AllocationStep = options.Recording.AllocationStep.Bytes,
                TimecodeZone = options.Recording.Timecode == TimecodeClock.Local ? TimeZoneInfo.Local : null,
                ResumeWithin = options.Recording.ResumeWithin,
                StartTimeout = options.Recording.StartTimeout,
                StopTimeout = options.Recording.StopTimeout,
            },
            Log = new LogSettings
            {
                PreRoll = options.Log.PreRoll,
                CameraBytes = options.Log.CameraBytesOn(machineBytes),
                NodeBytes = options.Log.NodeBytesOn(machineBytes),
                HighWatermark = options.Log.HighWatermark.Fraction,
                LowWatermark = options.Log.LowWatermark.Fraction,
            },
            Ingest = new IngestSettings
            {
                StallTimeout = options.Ingest.StallTimeout,
                RetryMin = options.Ingest.RetryMin,
                RetryMax = options.Ingest.RetryMax,
                RetryJitter = options.Ingest.RetryJitter.Fraction,
                BreakerFailures = options.Ingest.BreakerFailures,
                BreakerReset = options.Ingest.BreakerReset,
            },
            Gates = new GateSettings
            {
                DiskWarnPercent = options.Gates.DiskWarn.Value,
                DiskBlockPercent = options.Gates.DiskBlock.Value,
                TemperatureWarn = options.Gates.TemperatureWarn.Degrees,
                TemperatureBlock = options.Gates.TemperatureBlock.Degrees,
                BatteryWarnPercent = options.Gates.BatteryWarn.Value,
                BatteryBlockPercent = options.Gates.BatteryBlock.Value,
                ClockWarnMs = options.Gates.ClockWarn.TotalMilliseconds,
                ClockBlockMs = options.Gates.ClockBlock?.TotalMilliseconds,
                Interval = options.Gates.Interval,
            },
            Clock = new ClockSettings { Interval = options.Clock.Interval, Chronyd = NullIfEmpty(options.Clock.Chronyd) },
            Retention = new RetentionSettings { DeleteAfterConfirm = options.Retention.DeleteAfterConfirm },
        };

    /// <summary>Limits of the live outputs.</summary>
    public static LiveOptions ToLiveOptions(this RigOptions options) =>
        new()
        {
            Viewers = options.Live.Viewers,
            CameraViewers = options.Live.CameraViewers,
            Lag = MediaSpan.From(options.Live.Lag),
            Strategy = options.Live.Drop,
            SendLimit = options.Live.SendLimit,
            AwayAfter = options.Ingest.StallTimeout,
        };

    /// <summary>How cameras are cut for HLS.</summary>
    public static HlsOptions ToHlsOptions(this RigOptions options) =>
        new()
        {
            Part = MediaSpan.From(options.Hls.Part),
            Segment = MediaSpan.From(options.Hls.Segment),
            CameraBytes = options.Hls.CameraBytes.Bytes,
            Idle = options.Hls.Idle,
        };

    private static CameraSettings Camera(string id, CameraOptions options) =>
        new()
        {
            Id = id,
            Source = options.Source,
            Name = NullIfEmpty(options.Name),
            Position = NullIfEmpty(options.Position),
            Audio = options.Audio,
        };

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
