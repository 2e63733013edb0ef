using Rig.Actors.Housekeeping;
using Rig.Actors.Manifests;
using Rig.Actors.Tests.Support;
using Rig.Contracts.Recordings;

namespace Rig.Actors.Tests.Housekeeping;

public sealed class CatalogueTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Index => _folder["catalogue.db"];

    private string Recordings => _folder["recordings"];

    [Fact]
    public void An_index_that_was_rebuilt_holds_exactly_what_the_manifests_hold()
    {
        for (int hour = 0; hour < 3; hour++)
        {
            Write(Recorded($"S{hour}", "cam0", hour));
            Write(Recorded($"S{hour}", "cam1", hour));
        }

        using Catalogue catalogue = new(Index);
        catalogue.Put(Recorded("GONE", "cam0", 9));
        catalogue.Rebuild(Recordings);
        RecordingsPage page = catalogue.List(0, 100);
        Assert.Equal(["S2", "S1", "S0"], page.Sessions.Select(session => session.SessionId));
        Assert.Equal(["cam0", "cam1"], page.Sessions[0].Cameras.Select(camera => camera.Camera));
        Assert.Equal((2000, Samples.Noon.AddHours(2), 3), (page.Sessions[0].Bytes, page.Sessions[0].Start, page.Total));
        Assert.Empty(page.Broken);
        Assert.Equal(["S0", "S0", "S1", "S1", "S2", "S2"], catalogue.All().Select(manifest => manifest.SessionId));
    }

    [Fact]
    public void A_broken_manifest_is_listed_with_its_problem_and_hides_no_other()
    {
        Write(Recorded("GOOD", "cam0", 0));
        Directory.CreateDirectory(_folder["recordings", "BAD"]);
        File.WriteAllText(_folder["recordings", "BAD", "BAD_cam0.json"], "{");
        using Catalogue catalogue = new(Index);
        catalogue.Rebuild(Recordings);
        RecordingsPage page = catalogue.List(0, 100);
        Assert.Equal("GOOD", page.Sessions.Single().SessionId);
        Assert.Equal(Path.Combine("BAD", "BAD_cam0.json"), page.Broken.Single().Path);
        Assert.NotEmpty(page.Broken[0].Problem);
        File.Delete(_folder["recordings", "BAD", "BAD_cam0.json"]);
        catalogue.Rebuild(Recordings);
        Assert.Empty(catalogue.List(0, 100).Broken);
    }

    [Fact]
    public void A_newer_version_of_a_manifest_takes_the_place_of_the_older_one()
    {
        using Catalogue catalogue = new(Index);
        catalogue.Put(Recorded("DEMO", "cam0", 0));
        catalogue.Put(Recorded("DEMO", "cam0", 0) with { Complete = true });
        Assert.True(Assert.Single(catalogue.All()).Complete);
        catalogue.Remove("DEMO");
        Assert.Empty(catalogue.All());
    }

    [Fact]
    public void What_was_put_is_there_after_a_restart()
    {
        using (Catalogue before = new(Index))
        {
            before.Put(Recorded("DEMO", "cam0", 0));
        }

        using Catalogue after = new(Index);
        Assert.Equal("DEMO", Assert.Single(after.All()).SessionId);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(4096)]
    public void A_damaged_index_is_thrown_away_and_rebuilt(int offset)
    {
        using (Catalogue before = new(Index))
        {
            for (int session = 0; session < 50; session++)
            {
                before.Put(Recorded($"OLD{session}", "cam0", session));
            }
        }

        using (FileStream file = File.OpenWrite(Index))
        {
            file.Position = offset;
            file.Write(Enumerable.Repeat((byte)0x5A, (int)(file.Length - offset)).ToArray());
        }

        Write(Recorded("DEMO", "cam0", 0));
        using Catalogue catalogue = new(Index);
        catalogue.Rebuild(Recordings);
        Assert.Equal("DEMO", catalogue.List(0, 100).Sessions.Single().SessionId);
    }

    [Theory]
    [InlineData(0, 2, "S4,S3")]
    [InlineData(2, 2, "S2,S1")]
    [InlineData(4, 2, "S0")]
    [InlineData(5, 2, "")]
    [InlineData(0, 0, "")]
    public void Pages_go_from_the_newest_session_to_the_oldest(int skip, int take, string sessions)
    {
        using Catalogue catalogue = new(Index);
        for (int hour = 0; hour < 5; hour++)
        {
            catalogue.Put(Recorded($"S{hour}", "cam0", hour));
            catalogue.Put(Recorded($"S{hour}", "cam1", hour));
        }

        RecordingsPage page = catalogue.List(skip, take);
        Assert.Equal(sessions, string.Join(',', page.Sessions.Select(session => session.SessionId)));
        Assert.Equal(5, page.Total);
    }

    private void Write(Manifest manifest)
    {
        Directory.CreateDirectory(_folder["recordings", manifest.SessionId]);
        ManifestFile.Write(ManifestFile.PathOf(Recordings, manifest.SessionId, manifest.Camera), manifest);
    }

    private static Manifest Recorded(string session, string camera, int hour) =>
        Samples.Manifest(session, camera) with
        {
            Start = Samples.Noon.AddHours(hour),
            Segments = [new Segment { File = $"{session}_{camera}.mp4", Bytes = 1000 }],
        };
}
