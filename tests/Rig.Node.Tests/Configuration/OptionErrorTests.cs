using Rig.Node.Configuration;

namespace Rig.Node.Tests.Configuration;

/// <summary>A configuration that cannot work stops the start with file, line, key and what is allowed.</summary>
public sealed class OptionErrorTests
{
    [Theory]
    [InlineData(
        "recording {\n  rotaton = 5m\n}",
        "2:3: recording.rotaton: unknown key; did you mean rotation?; allowed: rotation, alignToClock,"
    )]
    [InlineData(
        "rotation = 5m",
        "1:1: rotation: unknown key; did you mean recording.rotation?; allowed: node, http, access, cluster, cameras,"
    )]
    [InlineData("Node.id = x", "1:1: Node: unknown key; did you mean node?")]
    [InlineData("source = x", "1:1: source: unknown key; did you mean cameras.ID.source?")]
    [InlineData("zzz = x", "1:1: zzz: unknown key; allowed:")]
    [InlineData("recording.rotation = 5 MB", "1:22: recording.rotation: \"5 MB\" is not allowed; allowed: a duration: a number and ns,")]
    [InlineData("recording.rotation = 30", "1:22: recording.rotation: 30ms is out of range; allowed: a duration: ")]
    [InlineData("recording.rotation = 2d", "1:22: recording.rotation: 2d is out of range")]
    [InlineData("recording.rotation = [5m]", "1:22: recording.rotation: an array is not allowed")]
    [InlineData("recording = 5", "1:13: recording: \"5\" is not allowed; allowed: an object with keys of its own, in { }")]
    [InlineData("recording.timecode = gmt", "1:22: recording.timecode: \"gmt\" is not allowed; allowed: utc or local")]
    [InlineData("recording.alignToClock = maybe", "1:26: recording.alignToClock: \"maybe\" is not allowed; allowed: true or false")]
    [InlineData("log.cameraBytes = 400 mb", "1:19: log.cameraBytes: \"400 mb\" is not allowed; allowed: a size: ")]
    [InlineData("log.highWatermark = 0.8", "1:21: log.highWatermark: \"0.8\" is not allowed; allowed: a percentage with its sign")]
    [InlineData("gates.clockBlock = never", "1:20: gates.clockBlock: \"never\" is not allowed; allowed: a duration: ")]
    [InlineData("http.port = 65536", "1:13: http.port: 65536 is out of range; allowed: a whole number, from 0 to 65535")]
    [InlineData("http.addresses = [localhost]", "1:18: http.addresses: \"localhost\" is no IP address; allowed: 127.0.0.1,")]
    [InlineData("http.addresses = []", "1:18: http.addresses: is empty")]
    [InlineData("node.id = \"a b\"", "1:11: node.id: \"a b\" is no id; allowed: letters, digits, - and _, 32 at most")]
    [InlineData("node.data = \"\"", "1:13: node.data: \"\" is not allowed; allowed: text, not empty")]
    [InlineData("cameras.cam0.name = x", "1:1: cameras.cam0.source: is missing; allowed: text, not empty")]
    [InlineData("cameras.\"cam 0\".source = \"test:\"", "1:1: cameras.cam 0: is no id, which becomes part of file names")]
    [InlineData("cameras.c.source = \"tset:1x1\"", "1:20: cameras.c.source: 'tset:' is not a source that is known here. Known are: exec:")]
    [InlineData("cameras.c.source = nothing", "1:20: cameras.c.source: 'nothing' names no scheme.")]
    [InlineData(
        "cameras { a.source = \"udp://:5000\"\nb.source = \"udp://:5000?buffer=100000\" }",
        "2:12: cameras.b.source: \"udp://:5000\" is already the source of a; allowed: one camera for each device or listening port"
    )]
    [InlineData("recording { rotation = 1s, fragment = 2s }", "1:39: recording.fragment: is longer than recording.rotation")]
    [InlineData("recording { rotation = 7m, alignToClock = true }", "1:24: recording.rotation: does not divide a day")]
    [InlineData("log { lowWatermark = 80% }", "1:22: log.lowWatermark: is not below log.highWatermark")]
    [InlineData("log { nodeBytes = 100MB }", "reference.conf:")]
    [InlineData("ingest.retryMin = 1m", "1:19: ingest.retryMin: is longer than ingest.retryMax")]
    [InlineData("gates.diskBlock = 20%", "1:19: gates.diskBlock: is above gates.diskWarn")]
    [InlineData("gates.batteryBlock = 50%", "1:22: gates.batteryBlock: is above")]
    [InlineData("gates.temperatureBlock = 70 °C", "1:26: gates.temperatureBlock: is below")]
    [InlineData("gates.clockBlock = 1ms", "1:20: gates.clockBlock: is below")]
    [InlineData("a = *", "1:5: '*' is not allowed in a value outside quotes")]
    public void A_mistake_is_named_with_its_place_and_what_is_allowed(string text, string expected)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("node.conf", text);
        var error = Assert.Throws<ConfigurationException>(() => Open(file));
        var start = expected.StartsWith("reference", StringComparison.Ordinal) ? expected : $"{file}:{expected}";
        Assert.StartsWith(start, Assert.Single(error.Problems).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tset:1280x720@30", "Did you mean test:?")]
    [InlineData("test:1280x720@30?gop=0", "gop")]
    [InlineData("v4l2:/dev/video0?sizes=1x1", "size")]
    public void A_wrong_source_is_told_in_the_words_of_its_scheme(string source, string part)
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<ConfigurationException>(() => Open(folder.Write("node.conf", $"cameras.c.source = \"{source}\"")));
        Assert.Contains(part, Assert.Single(error.Problems).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_named_at_once()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("node.conf", "recording { rotation = x, fragment = y }\nhttp.port = z\nq = 1");
        var error = Assert.Throws<ConfigurationException>(() => Open(file));
        Assert.Equal(["http.port", "recording.rotation", "recording.fragment", "q"], error.Problems.Select(problem => problem.Key));
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_mistake()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<ConfigurationException>(() => Open(folder.File("none.conf")));
        Assert.Contains("does not exist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_of_ones_own_stand_under_vars_and_a_null_is_the_default()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write(
            "node.conf",
            "vars.minutes = 5\nrecording.rotation = ${vars.minutes} m\nhttp.port = null\nhttp.addresses = \"::1\""
        );
        var options = Open(file).Current.Options;
        Assert.Equal((TimeSpan.FromMinutes(5), 8080), (options.Recording.Rotation, options.Http.Port));
        Assert.Equal(["::1"], options.Http.Addresses);
    }

    private static ConfigurationStore Open(string file) => Setup.Open(file, file + ".overrides");
}
