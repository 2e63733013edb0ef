using Rig.Node.Configuration.Hocon;

namespace Rig.Node.Tests.Configuration;

/// <summary>"Includes": where files are looked for, how they merge, and what stops them.</summary>
public sealed class HoconIncludeTests
{
    [Theory]
    [InlineData("include \"b.conf\"")]
    [InlineData("include \"b\"")]
    [InlineData("include file(\"b.conf\")")]
    [InlineData("include required(\"b.conf\")")]
    [InlineData("include required( file( \"/etc/rig/b.conf\" ) )")]
    [InlineData("include \"../rig/b.conf\"")]
    public void Every_form_of_include_finds_the_file(string statement) =>
        Assert.Equal("""{"x":"1"}""", Load(statement, ("/etc/rig/b.conf", "x = 1")));

    [Fact]
    public void A_missing_file_is_nothing_unless_required()
    {
        Assert.Equal("""{"a":"1"}""", Load("include \"none.conf\"\na = 1"));
        var error = Assert.Throws<HoconException>(() => Load("a = 1\ninclude required(\"none.conf\")"));
        Assert.Equal("/etc/rig/a.conf:2:1: the included file /etc/rig/none.conf does not exist", error.Message);
    }

    [Fact]
    public void Later_lines_win_over_the_include_and_it_over_earlier_ones() =>
        Assert.Equal(
            """{"x":"included","y":"after"}""",
            Load("x = before\ninclude \"b\"\ny = after", ("/etc/rig/b.conf", "x = included, y = included"))
        );

    [Fact]
    public void Substitutions_of_an_included_file_look_beside_it_first_and_at_the_root_then() =>
        Assert.Equal(
            """{"a":{"x":"10","y":"10","z":"2"},"w":"2"}""",
            Load("a { include \"b\", x = 10 }\nw = 2", ("/etc/rig/b.conf", "x = 1, y = ${x}, z = ${w}"))
        );

    [Fact]
    public void Includes_inside_includes_are_relative_to_their_own_file() =>
        Assert.Equal(
            """{"k":{"m":{"x":"1","y":"1"}}}""",
            Load("k { include \"sub/b\" }", ("/etc/rig/sub/b.conf", "m { include \"c\" }"), ("/etc/rig/sub/c.conf", "x = 1, y = ${x}"))
        );

    [Fact]
    public void A_cycle_is_named()
    {
        var error = Assert.Throws<HoconException>(() =>
            Load("include \"b\"", ("/etc/rig/b.conf", "\ninclude \"c\""), ("/etc/rig/c.conf", "include \"b\""))
        );
        Assert.Equal("/etc/rig/c.conf:1:1", error.Origin.ToString());
        Assert.Contains("/etc/rig/b.conf includes /etc/rig/c.conf includes /etc/rig/b.conf", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Includes_are_bounded_in_depth_and_number()
    {
        Assert.Throws<HoconException>(() =>
            Parse("include \"0\"", path => $"include \"{int.Parse(Path.GetFileNameWithoutExtension(path)) + 1}\"")
        );
        var twice = string.Join('\n', Enumerable.Range(0, HoconLimits.MaxFiles + 1).Select(i => $"include file(\"f{i}.conf\")"));
        Assert.Throws<HoconException>(() => Parse(twice, _ => "x = 1"));
    }

    [Fact]
    public void An_error_in_an_included_file_names_that_file()
    {
        var error = Assert.Throws<HoconException>(() => Load("include \"b\"", ("/etc/rig/b.conf", "x = 1\ny = *")));
        Assert.Equal("/etc/rig/b.conf:2:5", error.Origin.ToString());
    }

    [Fact]
    public void A_file_that_is_too_long_or_no_text_is_refused()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "x.conf");
            File.WriteAllBytes(path, new byte[HoconLimits.MaxFileBytes + 1]);
            Assert.Contains("longer than", LoadFile(path).Problem, StringComparison.Ordinal);
            File.WriteAllBytes(path, [(byte)'a', (byte)'=', 0xFF]);
            Assert.Contains("is not UTF-8", LoadFile(path).Problem, StringComparison.Ordinal);
            Assert.Contains("cannot be read", LoadFile(folder.FullName).Problem, StringComparison.Ordinal);
            Assert.Contains("does not exist", LoadFile(path + "x").Problem, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static HoconException LoadFile(string path) => Assert.Throws<HoconException>(() => new HoconDocument(_ => null).AddFile(path));

    private static string Load(string text, params (string Path, string Text)[] files) =>
        Parse(text, path => files.FirstOrDefault(file => file.Path == path).Text);

    private static string Parse(string text, HoconFileReader read) =>
        HoconText.Json(HoconDocument.Parse(text, "/etc/rig/a.conf", read: read));
}
