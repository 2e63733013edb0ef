using Rig.Contracts.Sessions;
using Rig.MultiNode.Tests.Network;
using Rig.MultiNode.Tests.Support;

namespace Rig.MultiNode.Tests.Faults;

/// <summary>The network falls apart, or loses and delays; nobody stops recording.</summary>
[Collection(OneRig.Name)]
public sealed class PartitionTests(SharedRig shared)
{
    private static readonly TimeSpan Parted = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Bad = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Each_node_alone_in_turn_records_on_refuses_for_the_rig_and_agrees_when_the_network_is_healed()
    {
        RunningRig rig = await shared.TakeAsync();
        StartSession request = new() { SessionId = shared.NextSession(), RequestId = Guid.NewGuid().ToString("N") };
        SessionOutcome started = await rig.Nodes[0].StartAsync(request);
        await rig.RecordedAsync(25, rig.Nodes);
        foreach (LabNode alone in rig.Nodes)
        {
            LabNode[] others = [.. rig.Nodes.Where(node => node != alone)];
            rig.Network.Part([alone.Host], rig.HostsBut(alone));
            await Task.WhenAll(Task.Delay(Parted), rig.AwayAsync(alone));
            await rig.RefusedAsAwayAsync(alone);
            await rig.AcceptedAgainAsync(others[0], request, started);
            rig.Network.Heal();
            await rig.WholeAsync();
            await rig.CoordinatorAsync();
        }

        await AssertStoppedWholeAsync(rig, request.SessionId, started);
    }

    [Fact]
    public async Task The_larger_part_without_the_lighthouse_is_the_one_that_refuses()
    {
        RunningRig rig = await shared.TakeAsync();
        StartSession request = new() { SessionId = shared.NextSession(), RequestId = Guid.NewGuid().ToString("N") };
        SessionOutcome started = await rig.Nodes[0].StartAsync(request);
        await rig.RecordedAsync(25, rig.Nodes);
        LabNode[] larger = [rig.Nodes[1], rig.Nodes[2]];
        rig.Network.Part([.. larger.Select(node => node.Host)], [rig.Nodes[0].Host, rig.Lighthouses[0].Host]);
        await Task.WhenAll(Task.Delay(Parted), rig.AwayAsync(larger));
        await rig.RefusedAsAwayAsync(larger[0]);
        await rig.RefusedAsAwayAsync(larger[1]);
        await rig.AcceptedAgainAsync(rig.Nodes[0], request, started);
        rig.Network.Heal();
        await rig.WholeAsync();
        await AssertStoppedWholeAsync(rig, request.SessionId, started);
    }

    [Fact]
    public async Task A_fifth_lost_and_a_third_of_a_second_late_touches_no_recording_and_the_stop_gets_through_at_the_latest_when_it_is_over()
    {
        RunningRig rig = await shared.TakeAsync();
        string session = shared.NextSession();
        SessionOutcome started = await rig.Nodes[0].StartAsync(new StartSession { SessionId = session });
        await rig.RecordedAsync(25, rig.Nodes);
        rig.Network.SetAll(new Wire(0.2, TimeSpan.Zero, TimeSpan.FromMilliseconds(300)));
        await Task.Delay(Bad / 2);
        Task<SessionOutcome?> pressed = StopAsync(rig.Nodes[1], session);
        await Task.Delay(Bad / 2);
        rig.Network.Heal();
        SessionOutcome? stopped = await pressed;
        await rig.UntilAsync("a stop is accepted", async () => (stopped ??= await StopAsync(rig.Nodes[1], session)) is not null);
        await rig.CompleteAsync(session, rig.Nodes);
        Judgement judged = await Judgement.OfAsync(session, rig.Nodes);
        judged.AssertWhole(rig.Nodes);
        judged.AssertTogether(started.Start, stopped!.End, rig.Nodes);
    }

    /// <summary>The same press once more; null when it is refused.</summary>
    private static async Task<SessionOutcome?> StopAsync(LabNode node, string session) =>
        await node.TryStopAsync(new StopSession { SessionId = session, RequestId = $"stop {session}" }) as SessionOutcome;

    private static async Task AssertStoppedWholeAsync(RunningRig rig, string session, SessionOutcome started)
    {
        SessionOutcome stopped = await rig.Nodes[2].StopAsync();
        Assert.All(stopped.Cameras, camera => Assert.True(camera.Result == CameraResult.Stopped, $"{camera}"));
        await rig.CompleteAsync(session, rig.Nodes);
        Judgement judged = await Judgement.OfAsync(session, rig.Nodes);
        judged.AssertWhole(rig.Nodes);
        judged.AssertTogether(started.Start, stopped.End, rig.Nodes);
    }
}
