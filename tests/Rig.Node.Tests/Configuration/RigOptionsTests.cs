using Rig.Node.Configuration;
using Rig.Node.Configuration.Hocon;

namespace Rig.Node.Tests.Configuration;

/// <summary>The files in <c>hocon/</c> and the options agree.</summary>
public sealed class RigOptionsTests
{
    private static readonly string Folder = Path.Combine(Repository(), "hocon");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Folder, "*.conf").Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_example_configuration_loads(string file) =>
        Assert.Empty(ConfigurationStore.Check(Setup.Of(Path.Combine(Folder, file))));

    [Fact]
    public void The_reference_holds_every_option_with_its_default_and_nothing_else()
    {
        var tree = HoconDocument.Parse(ReferenceConfiguration.TextWithCamera, ReferenceConfiguration.Name);
        var defaults = new RigOptions
        {
            Cameras = new Dictionary<string, CameraOptions>(StringComparer.Ordinal) { ["cam0"] = new() { Source = "test:1280x720@30" } },
        };
        var expected = OptionSchema.Root.Leaves(defaults).Select(row => $"{row.Key} = {row.Leaf.Format(row.Value)}");
        var written = Leaves(tree, "").Select(row => $"{row.Key} = {Normal(row.Key, row.Value)}");
        Assert.Equal(expected, written);
    }

    [Fact]
    public void The_built_in_reference_is_the_file() =>
        Assert.Equal(File.ReadAllText(Path.Combine(Folder, "reference.conf")), ReferenceConfiguration.Text);

    [Fact]
    public void The_reference_describes_every_option_and_what_a_change_needs()
    {
        var tree = HoconDocument.Parse(ReferenceConfiguration.TextWithCamera, ReferenceConfiguration.Name);
        var options = new RigOptions { Cameras = new Dictionary<string, CameraOptions>(StringComparer.Ordinal) { ["other"] = new() } };
        Assert.All(
            OptionSchema.Root.Leaves(options),
            row =>
            {
                var comment = ReferenceConfiguration.Describe(tree, row.Key);
                Assert.NotNull(comment);
                Assert.EndsWith($" [{ConfigurationStore.Word(row.Leaf.Rule.Applies)}]", comment, StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public void The_demo_plays_a_clip_only_when_one_is_named()
    {
        Assert.Equal(["cam0", "cam1"], Demo().Cameras.Keys);
        var withClip = Demo(("RIG_CLIP", "file:/clips/a.ts?loop"), ("RIG_PORT", "9090"));
        Assert.Equal("file:/clips/a.ts?loop", withClip.Cameras["cam2"].Source);
        Assert.Equal(9090, withClip.Http.Port);
    }

    [Fact]
    public void One_file_serves_all_three_nodes_of_the_pitch()
    {
        var options = Load("soccer-rig.conf", ("RIG_NODE_ID", "CAM_L"), ("RIG_POSITION", "left"));
        Assert.Equal(("CAM_L", "left", "CAM_L"), (options.Node.Id, options.Node.Position, options.Cameras["cam0"].Name));
    }

    [Fact]
    public void Memory_is_capped_to_a_quarter_and_half_of_the_machine()
    {
        var log = new LogOptions();
        Assert.Equal((400_000_000, 8_000_000_000), (log.CameraBytesOn(64L << 30), log.NodeBytesOn(64L << 30)));
        Assert.Equal((256L << 20, 512L << 20), (log.CameraBytesOn(1L << 30), log.NodeBytesOn(1L << 30)));
    }

    private static RigOptions Demo(params (string, string)[] environment) => Load("demo.conf", environment);

    private static RigOptions Load(string file, params (string, string)[] environment)
    {
        using var folder = new TemporaryFolder();
        return Setup.Open(Path.Combine(Folder, file), folder.File("overrides.json"), environment).Current.Options;
    }

    private static IEnumerable<(string Key, HoconValue Value)> Leaves(HoconObject tree, string prefix) =>
        tree.Members.SelectMany(member =>
            member.Value is HoconObject below ? Leaves(below, $"{prefix}{member.Name}.") : [($"{prefix}{member.Name}", member.Value)]
        );

    private static string Normal(string key, HoconValue value)
    {
        var leaf = OptionSchema.Root.FindLeaf(key.Split('.'));
        Assert.True(leaf is not null, $"{key} is in reference.conf, but is no option");
        return value switch
        {
            HoconArray array => leaf.Format(array.Items.Cast<HoconScalar>().Select(item => item.Text).ToList()),
            HoconScalar scalar => leaf.Format(leaf.Parse(scalar.Text, out _)),
            _ => value.Describe(),
        };
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "RecorderRig.sln")))
        {
            folder =
                Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("RecorderRig.sln is in no folder above the tests.");
        }

        return folder;
    }
}
