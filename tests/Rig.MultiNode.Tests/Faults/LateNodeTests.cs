using Rig.Contracts.Sessions;
using Rig.MultiNode.Tests.Network;
using Rig.MultiNode.Tests.Support;

namespace Rig.MultiNode.Tests.Faults;

/// <summary>A start reaches nodes late or not at all; the picture logs make up for it.</summary>
[Collection(OneRig.Name)]
public sealed class LateNodeTests(SharedRig shared)
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Nodes_that_hear_of_a_start_seconds_late_have_its_first_instant_and_a_new_node_joins_in()
    {
        RunningRig rig = await shared.TakeAsync();
        string session = shared.NextSession();
        LabNode near = await rig.CoordinatorAsync();
        LabNode[] others = [.. rig.Nodes.Where(node => node != near)];
        (LabNode slow, LabNode cut) = (others[0], others[1]);
        foreach (LabHost far in rig.HostsBut(slow))
        {
            rig.Network.Set(slow.Host, far, new Wire(0, Slow, TimeSpan.Zero));
        }

        rig.Network.Part([cut.Host], rig.HostsBut(cut));
        SessionOutcome started = await near.StartAsync(new StartSession { SessionId = session });
        Assert.Equal(6, started.Cameras.Count);
        Assert.All(started.Cameras, camera => Assert.True(Fits(camera, near), $"{camera}"));

        await Task.Delay(Away);
        rig.Network.Heal();
        LabNode joined = await rig.AddNodeAsync();
        try
        {
            await rig.WholeAsync();
            await rig.RecordedAsync(25, rig.Nodes);
            SessionOutcome stopped = await near.StopAsync();
            await rig.CompleteAsync(session, rig.Nodes);

            Judgement judged = await Judgement.OfAsync(session, rig.Nodes);
            Assert.Equal(8, judged.Cameras.Count);
            judged.AssertWhole(rig.Nodes);
            judged.AssertTogether(started.Start, stopped.End, near, slow, cut);
            Assert.All(
                joined.Manifests(session).Values,
                manifest => Assert.True((manifest.StartLocal ?? manifest.Start) > started.Start, $"{manifest}")
            );
        }
        finally
        {
            await rig.RemoveAsync(joined);
        }
    }

    /// <summary>Nodes that cannot be asked in time are said to be so, never to record.</summary>
    private static bool Fits(CameraOutcome camera, LabNode near) =>
        camera.Camera.StartsWith($"{near.Id}/", StringComparison.Ordinal)
            ? camera.Result == CameraResult.Recording
            : camera.Result is CameraResult.Timeout or CameraResult.Unreachable;
}
