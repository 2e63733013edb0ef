using Rig.Contracts.Sessions;
using Rig.MultiNode.Tests.Support;

namespace Rig.MultiNode.Tests.Faults;

/// <summary>The power of the whole rig goes and comes.</summary>
[Collection(OneRig.Name)]
public sealed class RestartTests(SharedRig shared)
{
    [Fact]
    public async Task After_everything_was_killed_and_started_again_every_camera_goes_on_with_the_session()
    {
        RunningRig rig = await shared.TakeAsync();
        string session = shared.NextSession();
        SessionOutcome started = await rig.Nodes[0].StartAsync(new StartSession { SessionId = session });
        await rig.RecordedAsync(50, rig.Nodes);
        await Task.WhenAll(rig.Nodes.Select(node => node.Process.KillAsync()).Append(rig.Lighthouses[0].Process.KillAsync()));
        rig.Lighthouses[0].StartAgain();
        foreach (LabNode node in rig.Nodes)
        {
            node.StartAgain();
        }

        await rig.WholeAsync();
        await rig.RecordedAsync(25, rig.Nodes);
        SessionOutcome stopped = await rig.Nodes[1].StopAsync();
        await rig.CompleteAsync(session, rig.Nodes);
        Judgement judged = await Judgement.OfAsync(session, rig.Nodes);
        Assert.Equal(6, judged.Cameras.Count);
        judged.AssertTogether(started.Start, stopped.End, rig.Nodes);
        foreach (LabNode node in rig.Nodes)
        {
            judged.AssertNamed(node);
        }
    }
}
