using Rig.Contracts.Sessions;
using Rig.MultiNode.Tests.Support;

namespace Rig.MultiNode.Tests.Faults;

/// <summary>Three lighthouses: one may die, not two.</summary>
[Collection(OneRig.Name)]
public sealed class QuorumTests
{
    [Fact]
    public async Task One_dead_lighthouse_of_three_is_nothing_two_are_cluster_away_and_back_they_heal_it()
    {
        await using RunningRig rig = await RunningRig.StartAsync(nodes: 2, lighthouses: 3);
        StartSession request = new() { SessionId = "Q", RequestId = Guid.NewGuid().ToString("N") };
        SessionOutcome started = await rig.Nodes[0].StartAsync(request);
        await rig.RecordedAsync(25, rig.Nodes);

        await rig.Lighthouses[0].Process.KillAsync();
        await rig.AcceptedAgainAsync(rig.Nodes[1], request, started);
        await rig.Lighthouses[1].Process.KillAsync();
        await rig.AwayAsync(rig.Nodes);
        await rig.RefusedAsAwayAsync(rig.Nodes[0]);

        rig.Lighthouses[0].StartAgain();
        rig.Lighthouses[1].StartAgain();
        await rig.WholeAsync();
        SessionOutcome stopped = await rig.Nodes[1].StopAsync();
        await rig.CompleteAsync(request.SessionId, rig.Nodes);
        Judgement judged = await Judgement.OfAsync(request.SessionId, rig.Nodes);
        judged.AssertWhole(rig.Nodes);
        judged.AssertTogether(started.Start, stopped.End, rig.Nodes);
    }
}
