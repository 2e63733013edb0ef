using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using Rig.Contracts.Configuration;
using Rig.Node.Configuration;

namespace Rig.Node.Tests.Configuration;

/// <summary>Changes by API: validated, kept, taken back.</summary>
public sealed class ConfigurationStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _file;
    private readonly string _overrides;

    public ConfigurationStoreTests()
    {
        _file = _folder.Write("node.conf", "recording.rotation = 10m\ncameras.cam0.source = \"rtsp://me:secret@camera/1\"\n");
        _overrides = _folder.File("state/overrides.json");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_change_is_in_force_and_survives_a_restart()
    {
        var store = Open();
        var outcome = Change(store, ("recording.rotation", "5m"), ("http.addresses", "[\"127.0.0.1\", \"::1\"]"));
        Assert.True(outcome.Accepted);
        Assert.Equal(1, outcome.Version);
        Assert.Equal(
            [
                new ChangedOption("http.addresses", "[\"127.0.0.1\"]", "[\"127.0.0.1\", \"::1\"]", Applies.Node),
                new ChangedOption("recording.rotation", "10m", "5m", Applies.Live),
            ],
            outcome.Changes
        );
        foreach (var state in (ConfigurationStore[])[store, Open()])
        {
            Assert.Equal(1, state.Current.Version);
            Assert.Equal(TimeSpan.FromMinutes(5), state.Current.Options.Recording.Rotation);
            Assert.Equal(["127.0.0.1", "::1"], state.Current.Options.Http.Addresses);
        }

        Assert.Equal("override", Setting(store, "recording.rotation").Origin);
    }

    [Fact]
    public void A_wrong_change_is_refused_and_changes_nothing()
    {
        var store = Open();
        var outcome = Change(store, ("recording.rotaton", "5m"), ("gates.diskBlock", "5"));
        Assert.Equal(
            ["recording.rotaton: unknown key; did you mean rotation?", "gates.diskBlock: \"5\" is not allowed"],
            outcome.Problems.Select(problem => problem.ToString()["(this change): ".Length..].Split("; allowed")[0])
        );
        Assert.Equal((0L, false), (store.Current.Version, File.Exists(_overrides)));
        Assert.Contains(
            "before it warns",
            Assert.Single(Change(store, ("gates.diskBlock", "99%")).Problems).Text,
            StringComparison.Ordinal
        );
        Assert.Contains("is no key", Assert.Single(Change(store, ("a..b", "1")).Problems).Text, StringComparison.Ordinal);
        Assert.Contains("where an item", Assert.Single(Change(store, ("http.addresses", "[")).Problems).Text, StringComparison.Ordinal);
        Assert.Contains("where a key", Assert.Single(Change(store, ("http.addresses", "[] }")).Problems).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_null_takes_an_override_back_and_the_file_shows_again()
    {
        var store = Open();
        Change(store, ("recording.rotation", "5m"), ("recording.fragment", "1s"));
        var outcome = Change(store, ("recording.rotation", null));
        Assert.Equal([new ChangedOption("recording.rotation", "5m", "10m", Applies.Live)], outcome.Changes);
        Assert.Equal(TimeSpan.FromSeconds(1), Open().Current.Options.Recording.Fragment);
    }

    [Fact]
    public void An_earlier_version_can_be_had_again()
    {
        var store = Open();
        Change(store, ("recording.rotation", "5m"));
        Change(store, ("recording.rotation", "6m"));
        Assert.Equal((3L, true), (store.Revert(1).Version, store.Revert(1).Accepted));
        Assert.Equal(TimeSpan.FromMinutes(5), Open().Current.Options.Recording.Rotation);
        Assert.Equal(TimeSpan.FromMinutes(10), Reverted(store, 0).Recording.Rotation);
        Assert.Contains("version 99 is not kept", Assert.Single(store.Revert(99).Problems).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Cameras_come_change_and_go()
    {
        var store = Open();
        var added = Change(store, ("cameras.cam1", "{ source = \"test:640x360@25\" }"));
        Assert.Contains(new ChangedOption("cameras.cam1.source", null, "test:640x360@25", Applies.Camera), added.Changes);
        Change(store, ("cameras.cam1.name", "Goal"));
        Assert.Equal("Goal", Open().Current.Options.Cameras["cam1"].Name);
        var removed = Change(store, ("cameras.cam0", "null"));
        Assert.Contains(new ChangedOption("cameras.cam0.source", "rtsp://me:***@camera/1", null, Applies.Camera), removed.Changes);
        Assert.Equal(["cam1"], Open().Current.Options.Cameras.Keys);
    }

    [Fact]
    public void A_dry_run_and_a_change_of_an_old_version_only_answer()
    {
        var store = Open();
        var dry = store.Change(new ConfigurationChange { Set = Set(("recording.rotation", "5m")), DryRun = true });
        Assert.True(dry.Accepted);
        Assert.Single(dry.Changes);
        Assert.Equal(0, store.Current.Version);
        Change(store, ("recording.rotation", "5m"));
        var late = store.Change(new ConfigurationChange { Set = Set(("recording.rotation", "6m")), IfVersion = 0 });
        Assert.Equal((false, true, 1L), (late.Accepted, late.Conflict, late.Version));
    }

    [Fact]
    public void A_disk_that_refuses_leaves_everything_as_it_was()
    {
        var store = Open();
        Change(store, ("recording.rotation", "5m"));
        Directory.CreateDirectory(_overrides + ".new");
        Assert.ThrowsAny<Exception>(() => Change(store, ("recording.rotation", "6m")));
        Assert.Equal(TimeSpan.FromMinutes(5), store.Current.Options.Recording.Rotation);
        Assert.Equal(TimeSpan.FromMinutes(5), Open().Current.Options.Recording.Rotation);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{ \"states\": [] }")]
    [InlineData("{ \"states\": [ { \"version\": x } ] }")]
    [InlineData("{ \"states\": [ { \"version\": 1, \"changed\": \"\", \"values\": 3 } ] }")]
    [InlineData("{ \"stat")]
    public void A_damaged_override_file_stops_the_start_and_is_named(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_overrides)!);
        File.WriteAllText(_overrides, text);
        var error = Assert.Throws<ConfigurationException>(Open);
        Assert.StartsWith(_overrides, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_override_that_a_newer_program_no_longer_knows_is_named_with_its_line()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_overrides)!);
        File.WriteAllText(_overrides, "{ \"states\": [ { \"version\": 1, \"changed\": \"\", \"values\": {\n\"old.key\": \"1\" } } ] }");
        var error = Assert.Throws<ConfigurationException>(Open);
        Assert.StartsWith($"{_overrides}:2:12: old: unknown key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Earlier_states_are_kept_up_to_their_limit()
    {
        var store = Open();
        for (var minutes = 1; minutes <= OverrideFile.KeptStates + 5; minutes++)
        {
            Assert.True(Change(store, ("recording.rotation", $"{minutes}m")).Accepted);
        }

        Assert.Equal(OverrideFile.KeptStates, new OverrideFile(_overrides).Read().Count);
        Assert.False(store.Revert(5).Accepted);
        Assert.True(store.Revert(6).Accepted);
    }

    [Fact]
    public void The_view_shows_value_default_origin_and_description_and_no_password()
    {
        var store = Open();
        Assert.Equal(
            new Setting("recording.rotation", "10m", "30m", $"{_file}:1:22", "live", Setting(store, "recording.rotation").Description),
            Setting(store, "recording.rotation")
        );
        Assert.StartsWith("Length of a file;", Setting(store, "recording.rotation").Description, StringComparison.Ordinal);
        var source = Setting(store, "cameras.cam0.source");
        Assert.Equal(("rtsp://me:***@camera/1", "camera"), (source.Value, source.Applies));
        Assert.StartsWith("Where its pictures come from", source.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Microsofts_configuration_sees_the_options_and_their_changes()
    {
        var store = Open();
        var configuration = new ConfigurationBuilder().Add(new HoconConfigurationSource(store)).Build();
        var reloads = 0;
        using var registration = ChangeToken.OnChange(configuration.GetReloadToken, () => reloads++);
        Assert.Equal(TimeSpan.FromMinutes(10), configuration.GetValue<TimeSpan>("recording:rotation"));
        Assert.Equal(400_000_000, configuration.GetValue<long>("log:cameraBytes"));
        Assert.Equal(80, configuration.GetValue<double>("log:highWatermark"));
        Assert.Equal("127.0.0.1", configuration["http:addresses:0"]);
        Change(store, ("recording.rotation", "5m"));
        Assert.Equal((1, TimeSpan.FromMinutes(5)), (reloads, configuration.GetValue<TimeSpan>("recording:rotation")));
    }

    [Fact]
    public void Without_a_file_the_reference_alone_is_in_force()
    {
        var store = Setup.Open(null, _overrides);
        Assert.Equal("NODE", store.Current.Options.Node.Id);
        Assert.Empty(store.Current.Options.Cameras);
    }

    private ConfigurationStore Open() => Setup.Open(_file, _overrides);

    private static RigOptions Reverted(ConfigurationStore store, long version)
    {
        Assert.True(store.Revert(version).Accepted);
        return store.Current.Options;
    }

    private static Setting Setting(ConfigurationStore store, string key) => store.View().Settings.Single(setting => setting.Key == key);

    private static ChangeOutcome Change(ConfigurationStore store, params (string, string?)[] values) =>
        store.Change(new ConfigurationChange { Set = Set(values) });

    private static Dictionary<string, string?> Set(params (string Key, string? Value)[] values) =>
        values.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
}
