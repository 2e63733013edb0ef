using System.Text.Json;
using Rig.Contracts.Recordings;
using Rig.EndToEnd.Tests.Support;

namespace Rig.MultiNode.Tests.Support;

/// <summary>What <c>verify</c> says of the recordings of one session of some nodes, and what their manifests say.</summary>
internal sealed record Judgement(
    IReadOnlyDictionary<string, JudgedCamera> Cameras,
    IReadOnlyDictionary<string, Manifest> Manifests,
    double? SpreadMs
)
{
    /// <summary>At 25 pictures a second.</summary>
    public const double FrameMs = 40;

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>Decodes all files of the session.</summary>
    public static async Task<Judgement> OfAsync(string session, params IEnumerable<LabNode> nodes)
    {
        Dictionary<string, Manifest> manifests = nodes.SelectMany(node => node.Manifests(session)).ToDictionary(StringComparer.Ordinal);
        string[] files = [.. nodes.SelectMany(node => node.Files(session)).Order(StringComparer.Ordinal)];
        (_, string output, string errors) = await Programs.RunAsync(Programs.Node, ["verify", "--json", .. files]);
        Assert.True(output.Length > 0, errors);
        Report report = JsonSerializer.Deserialize<Report>(output, Web)!;
        string[] names = [.. manifests.Keys.Order(StringComparer.Ordinal)];
        Assert.Equal(names.Length, report.Cameras.Count);
        return new Judgement(names.Zip(report.Cameras).ToDictionary(), manifests, report.FirstFrameSpreadMs);
    }

    /// <summary>No picture is missing, twice or unreadable, and no manifest names a gap.</summary>
    public void AssertWhole(params IEnumerable<LabNode> nodes)
    {
        foreach ((string name, JudgedCamera camera) in Cameras.Where(camera => IsOf(nodes, camera.Key)))
        {
            Assert.True(
                camera.IsWhole && Manifests[name].Gaps.Count == 0,
                $"{name}: {camera} {JsonSerializer.Serialize(Manifests[name].Gaps)}"
            );
        }
    }

    /// <summary>Every picture that is missing lies in a gap that the manifest names.</summary>
    public void AssertNamed(LabNode node)
    {
        foreach ((string name, JudgedCamera camera) in Cameras.Where(camera => IsOf([node], camera.Key)))
        {
            IReadOnlyList<SegmentGap> gaps = Manifests[name].Gaps;
            double named = gaps.Sum(gap => (gap.To - gap.From)?.TotalMilliseconds ?? 0) / FrameMs;
            Assert.True(
                camera is { Frames: > 0, Duplicated: 0, OutOfOrder: 0, Undecodable: 0 } && camera.Missing <= named + gaps.Count,
                $"{name}: {camera}, gaps {JsonSerializer.Serialize(gaps)}"
            );
        }
    }

    /// <summary>All cameras begin with the picture at T0 and end with the last one before T1.</summary>
    public void AssertTogether(DateTimeOffset start, DateTimeOffset? end, params IEnumerable<LabNode> nodes)
    {
        foreach ((string name, JudgedCamera camera) in Cameras.Where(camera => IsOf(nodes, camera.Key)))
        {
            Manifest manifest = Manifests[name];
            Assert.Equal(start, manifest.Start);
            Assert.Equal(end, manifest.End);
            Assert.InRange((camera.First!.Value - start).TotalMilliseconds, -FrameMs, FrameMs);
            if (end is { } last)
            {
                Assert.InRange((last - camera.Last!.Value).TotalMilliseconds, 0, 2 * FrameMs);
            }
        }
    }

    private static bool IsOf(IEnumerable<LabNode> nodes, string camera) =>
        nodes.Any(node => camera.StartsWith($"{node.Id}/", StringComparison.Ordinal));

    private sealed record Report(IReadOnlyList<JudgedCamera> Cameras, double? FirstFrameSpreadMs);
}

/// <summary>Of the report of <c>verify</c>.</summary>
internal sealed record JudgedCamera(
    long Frames,
    long Missing,
    long Duplicated,
    long OutOfOrder,
    long Undecodable,
    DateTimeOffset? First,
    DateTimeOffset? Last
)
{
    public bool IsWhole => Frames > 0 && Missing == 0 && Duplicated == 0 && OutOfOrder == 0 && Undecodable == 0;
}
