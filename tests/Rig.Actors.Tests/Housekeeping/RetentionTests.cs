using Rig.Actors.Housekeeping;
using Rig.Actors.Settings;
using Rig.Actors.Tests.Support;
using Rig.Contracts.Nodes;
using Rig.Contracts.Recordings;

namespace Rig.Actors.Tests.Housekeeping;

public sealed class RetentionTests
{
    private const long Gigabyte = 1_000_000_000;
    private static readonly Offload Copied = new(Samples.Noon, "operator");

    /// <summary>Two sessions; the later one is listed first. Each confirmed segment has 10 GB.</summary>
    private static readonly Manifest[] Recorded =
    [
        Session("LATER", hour: 2, Segment("later-0.mp4", hour: 2), Segment("later-1.mp4", hour: 3)),
        Session("FIRST", hour: 0, Segment("first-0.mp4", hour: 0), Segment("first-1.mp4", hour: 1)),
    ];

    [Theory]
    [InlineData(20, new string[0])]
    [InlineData(15, new string[0])]
    [InlineData(14.5, new[] { "first-0.mp4" })]
    [InlineData(14, new[] { "first-0.mp4" })]
    [InlineData(13, new[] { "first-0.mp4", "first-1.mp4" })]
    [InlineData(12, new[] { "first-0.mp4", "first-1.mp4", "later-0.mp4" })]
    [InlineData(0, new[] { "first-0.mp4", "first-1.mp4", "later-0.mp4", "later-1.mp4" })]
    public void Below_the_warn_level_the_oldest_go_until_it_is_reached(double freePercent, string[] gone) =>
        Assert.Equal(gone, Due(Recorded, freePercent));

    [Fact]
    public void With_delete_after_confirm_everything_confirmed_goes_however_much_is_free() =>
        Assert.Equal(4, Due(Recorded, 90, new RetentionSettings { DeleteAfterConfirm = true }).Count);

    public static TheoryData<string, Segment> Kept =>
        new()
        {
            { "not confirmed", Segment("a.mp4", 0) with { Offloaded = null } },
            { "still open", Segment("a.mp4", 0) with { Closed = false } },
            { "already gone", Segment("a.mp4", 0) with { Deleted = Samples.Noon } },
        };

    [Theory]
    [MemberData(nameof(Kept), DisableDiscoveryEnumeration = true)]
    public void However_full_the_disk_is_nothing_else_goes(string why, Segment segment)
    {
        Manifest[] manifests = [Session("DEMO", 0, segment)];
        Assert.True(Due(manifests, 0).Count == 0, why);
        Assert.True(Due(manifests, 0, new RetentionSettings { DeleteAfterConfirm = true }).Count == 0, why);
        Assert.Empty(Retention.Offloaded(manifests));
    }

    private static List<string> Due(Manifest[] manifests, double freePercent, RetentionSettings? retention = null)
    {
        DiskStatus disk = new()
        {
            Path = "recordings",
            Writable = true,
            TotalBytes = 1000 * Gigabyte,
            FreeBytes = (long)(freePercent * 10 * Gigabyte),
            FreePercent = freePercent,
        };
        return
        [
            .. Retention.Due(manifests, disk, new GateSettings(), retention ?? new RetentionSettings()).Select(segment => segment.File),
        ];
    }

    private static Manifest Session(string id, int hour, params Segment[] segments) =>
        Samples.Manifest(id) with
        {
            Start = Samples.Noon.AddHours(hour),
            Segments = segments,
        };

    private static Segment Segment(string file, int hour) =>
        new()
        {
            File = file,
            Bytes = 10 * Gigabyte,
            First = Samples.Noon.AddHours(hour),
            Closed = true,
            Offloaded = Copied,
        };
}
