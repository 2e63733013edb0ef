using Rig.Actors.Settings;
using Rig.Node.Configuration;
using Rig.Node.Hosting;

namespace Rig.Node.Tests.Configuration;

/// <summary>What the control plane is told is what was configured.</summary>
public sealed class SettingsMappingTests
{
    private const long Machine = 64L << 30;

    [Fact]
    public void The_defaults_of_options_and_settings_agree_but_for_the_units_of_memory()
    {
        var settings = Map(new RigOptions());
        Assert.Equal(new RecordingSettings(), settings.Recording);
        Assert.Equal(new LogSettings { CameraBytes = 400_000_000, NodeBytes = 8_000_000_000 }, settings.Log);
        Assert.Equal(new IngestSettings(), settings.Ingest);
        Assert.Equal(new GateSettings(), settings.Gates);
        Assert.Equal(new RetentionSettings(), settings.Retention);
    }

    [Fact]
    public void Every_setting_follows_its_option()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write(
            "node.conf",
            """
            node { id = X, position = left, mode = development, data = /d, recordings = r, state = /s }
            cameras.c { source = "test:640x360@25", name = N, position = P, audio = false }
            recording { rotation = 1h, alignToClock = true, fragment = 1s, syncInterval = 3s, allocationStep = 2MiB }
            recording { timecode = local, resumeWithin = 1h, startTimeout = 2s, stopTimeout = 3s }
            log { preRoll = 20s, cameraBytes = 50MB, nodeBytes = 60MB, highWatermark = 70%, lowWatermark = 50% }
            ingest { stallTimeout = 3s, retryMin = 2s, retryMax = 40s, retryJitter = 10%, breakerFailures = 7, breakerReset = 90s }
            gates { diskWarn = 20%, diskBlock = 11%, temperatureWarn = 70, temperatureBlock = 80, batteryWarn = 30%, batteryBlock = 5% }
            gates { clockWarn = 3ms, clockBlock = warn, interval = 4s }
            clock { interval = 7s, chronyd = "/run/chrony.sock" }
            retention.deleteAfterConfirm = true
            """
        );
        var options = Setup.Open(file, folder.File("overrides.json")).Current.Options;
        var settings = options.ToSettings("1.2.3", Machine);
        Assert.Equal(
            ("X", "left", "1.2.3", "/d/r", "/s"),
            (settings.NodeId, settings.Position, settings.Version, settings.RecordingsFolder, settings.StateFolder)
        );
        Assert.Equal(
            new CameraSettings
            {
                Id = "c",
                Source = "test:640x360@25",
                Name = "N",
                Position = "P",
                Audio = false,
            },
            Assert.Single(settings.Cameras)
        );
        Assert.Same(TimeZoneInfo.Local, settings.Recording.TimecodeZone);
        Assert.Null(settings.Gates.ClockBlockMs);
        var defaults = Map(new RigOptions());
        AllDiffer(defaults.Recording, settings.Recording);
        AllDiffer(defaults.Log, settings.Log);
        AllDiffer(defaults.Ingest, settings.Ingest);
        AllDiffer(defaults.Gates, settings.Gates);
        AllDiffer(defaults.Retention, settings.Retention);
        AllDiffer(defaults.Clock, settings.Clock);
    }

    private static void AllDiffer<T>(T defaults, T settings) =>
        Assert.All(typeof(T).GetProperties(), property => Assert.NotEqual(property.GetValue(defaults), property.GetValue(settings)));

    private static NodeSettings Map(RigOptions options) => options.ToSettings("0", Machine);
}
