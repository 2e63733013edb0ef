using System.IO.Compression;
using System.Text;
using Rig.Node.Dashboard;

namespace Rig.Node.Tests.Dashboard;

/// <summary>The dashboard's files as they are sent.</summary>
public sealed class DashboardFilesTests
{
    [Theory]
    [InlineData("index.html", "/", "text/html; charset=utf-8", false)]
    [InlineData("sw.js", "/sw.js", "text/javascript; charset=utf-8", false)]
    [InlineData("manifest.webmanifest", "/manifest.webmanifest", "application/manifest+json", false)]
    [InlineData("icons/icon.svg", "/icons/icon.svg", "image/svg+xml", false)]
    [InlineData("assets/index-1a2b3c.css", "/assets/index-1a2b3c.css", "text/css; charset=utf-8", true)]
    [InlineData("something.else", "/something.else", "application/octet-stream", false)]
    public void A_file_has_a_path_a_type_and_is_kept_for_good_only_where_its_name_has_a_hash(
        string name,
        string path,
        string type,
        bool kept
    )
    {
        DashboardFile file = DashboardFiles.Make(name, "content"u8.ToArray());
        Assert.Equal((path, type, kept), (file.Path, file.Type, file.Immutable));
    }

    [Fact]
    public void The_tag_changes_with_the_content_and_with_nothing_else()
    {
        DashboardFile first = DashboardFiles.Make("a.js", "one"u8.ToArray());
        Assert.Equal(first.Tag, DashboardFiles.Make("b.js", "one"u8.ToArray()).Tag);
        Assert.NotEqual(first.Tag, DashboardFiles.Make("a.js", "two"u8.ToArray()).Tag);
        Assert.Matches("^\"[0-9a-f]{24}\"$", first.Tag);
    }

    [Fact]
    public void What_packing_makes_smaller_is_packed_and_unpacks_to_the_same()
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("the same again ", 200)));
        DashboardFile file = DashboardFiles.Make("a.js", text);
        using GZipStream unpacked = new(new MemoryStream(file.Packed!), CompressionMode.Decompress);
        using MemoryStream read = new();
        unpacked.CopyTo(read);
        Assert.Equal(text, read.ToArray());
        Assert.Null(DashboardFiles.Make("icon.png", [1, 2, 3]).Packed);
    }

    [Fact]
    public void A_build_without_the_dashboard_has_no_files() =>
        Assert.Empty(DashboardFiles.Read(typeof(DashboardFilesTests).Assembly).Files);
}
