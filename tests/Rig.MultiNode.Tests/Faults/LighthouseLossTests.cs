using Rig.Contracts.Sessions;
using Rig.MultiNode.Tests.Support;

namespace Rig.MultiNode.Tests.Faults;

/// <summary>The only lighthouse is gone: recordings go on, each node takes commands for itself, and all is settled when it is back.</summary>
[Collection(OneRig.Name)]
public sealed class LighthouseLossTests(SharedRig shared)
{
    [Fact]
    public async Task Without_its_lighthouse_the_rig_records_on_and_a_node_stopped_locally_stays_stopped_when_it_is_back()
    {
        RunningRig rig = await shared.TakeAsync();
        string session = shared.NextSession();
        SessionOutcome started = await rig.Nodes[0].StartAsync(new StartSession { SessionId = session });
        await rig.RecordedAsync(25, rig.Nodes);

        await rig.Lighthouses[0].Process.KillAsync();
        await rig.AwayAsync(rig.Nodes);
        await rig.RefusedAsAwayAsync(rig.Nodes[1]);
        SessionOutcome alone = await rig.Nodes[2].StopAsync(new StopSession { Local = true });
        Assert.All(alone.Cameras, camera => Assert.True(camera.Result == CameraResult.Stopped, $"{camera}"));

        rig.Lighthouses[0].StartAgain();
        await rig.WholeAsync();
        SessionOutcome stopped = await rig.Nodes[0].StopAsync();
        await rig.CompleteAsync(session, rig.Nodes);

        Judgement judged = await Judgement.OfAsync(session, rig.Nodes);
        judged.AssertWhole(rig.Nodes);
        judged.AssertTogether(started.Start, stopped.End, rig.Nodes[0], rig.Nodes[1]);
        Assert.All(
            judged.Cameras.Where(camera => camera.Key.StartsWith(rig.Nodes[2].Id, StringComparison.Ordinal)),
            camera => Assert.True(camera.Value.Last < alone.End, $"{camera} ends after {alone.End:O}")
        );
    }

    [Fact]
    public async Task A_session_begun_locally_without_the_lighthouse_is_the_rigs_when_it_is_back()
    {
        RunningRig rig = await shared.TakeAsync();
        await rig.Lighthouses[0].Process.KillAsync();
        await rig.AwayAsync(rig.Nodes);
        LabNode node = rig.Nodes[1];
        SessionOutcome started = await node.StartAsync(new StartSession { SessionId = shared.NextSession(), Local = true });
        string session = started.SessionId;
        Assert.Equal(2, started.Cameras.Count);

        rig.Lighthouses[0].StartAgain();
        await rig.WholeAsync();
        await rig.UntilAsync("the rig shows it", async () => (await rig.Nodes[0].RigAsync())?.Session?.SessionId == session);
        SessionOutcome stopped = await rig.Nodes[2].StopAsync();
        await rig.CompleteAsync(session, node);

        Judgement judged = await Judgement.OfAsync(session, node);
        judged.AssertWhole(node);
        judged.AssertTogether(started.Start, stopped.End, node);
    }
}
