using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;
using Rig.MultiNode.Tests.Support;

namespace Rig.MultiNode.Tests.Faults;

/// <summary>Nothing is wrong: what the fault tests compare with.</summary>
[Collection(OneRig.Name)]
public sealed class SessionTests(SharedRig shared)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_session_started_on_any_node_records_all_cameras_from_one_instant_to_one_instant(int pressed)
    {
        RunningRig rig = await shared.TakeAsync();
        string session = shared.NextSession();
        LabNode node = rig.Nodes[pressed];
        SessionOutcome started = await node.StartAsync(
            new StartSession
            {
                SessionId = session,
                Metadata = new Dictionary<string, string> { ["match"] = "A-B" },
            }
        );
        Assert.Equal(6, started.Cameras.Count);
        Assert.All(started.Cameras, camera => Assert.True(camera.Result == CameraResult.Recording, $"{camera}"));
        await rig.RecordedAsync(50, rig.Nodes);
        Mark mark = Assert.IsType<Mark>(await rig.Nodes[(pressed + 1) % 3].MarkAsync("kick-off"));
        SessionOutcome stopped = await rig.Nodes[(pressed + 2) % 3].StopAsync();
        Assert.All(stopped.Cameras, camera => Assert.True(camera.Result == CameraResult.Stopped, $"{camera}"));
        await rig.CompleteAsync(session, rig.Nodes);

        Judgement judged = await Judgement.OfAsync(session, rig.Nodes);
        Assert.Equal(6, judged.Cameras.Count);
        judged.AssertWhole(rig.Nodes);
        judged.AssertTogether(started.Start, stopped.End, rig.Nodes);
        Assert.InRange(judged.SpreadMs!.Value, 0, Judgement.FrameMs);
        Assert.All(judged.Manifests.Values, manifest => Agrees(manifest, mark));
    }

    private static void Agrees(Manifest manifest, Mark mark)
    {
        Assert.Equal([mark], manifest.Marks);
        Assert.Equal("A-B", manifest.Metadata["match"]);
    }
}
