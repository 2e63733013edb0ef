using System.Diagnostics;
using Rig.Contracts.Cluster;
using Rig.Contracts.Sessions;
using Rig.MultiNode.Tests.Support;

namespace Rig.MultiNode.Tests.Faults;

/// <summary>The coordinator's node dies or stands still; the others carry on under a new one and lose nothing.</summary>
[Collection(OneRig.Name)]
public sealed class CoordinatorLossTests(SharedRig shared)
{
    /// <summary>Lease and election.</summary>
    private static readonly TimeSpan Takeover = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_killed_coordinator_is_replaced_within_ten_seconds_and_only_its_own_cameras_have_a_gap_which_is_named()
    {
        RunningRig rig = await shared.TakeAsync();
        LabNode lost = await rig.CoordinatorAsync();
        LabNode[] living = [.. rig.Nodes.Where(node => node != lost)];
        StartSession request = new() { SessionId = shared.NextSession(), RequestId = Guid.NewGuid().ToString("N") };
        SessionOutcome started = await living[0].StartAsync(request);
        await rig.RecordedAsync(50, rig.Nodes);

        await lost.Process.KillAsync();
        TimeSpan took = await rig.AcceptedAgainAsync(living[0], request, started);
        Assert.InRange(took, TimeSpan.Zero, Takeover);

        lost.StartAgain();
        await rig.WholeAsync();
        await rig.RecordedAsync(25, lost);
        SessionOutcome stopped = await living[1].StopAsync();
        await rig.CompleteAsync(request.SessionId, rig.Nodes);

        Judgement judged = await Judgement.OfAsync(request.SessionId, rig.Nodes);
        judged.AssertWhole(living);
        judged.AssertTogether(started.Start, stopped.End, rig.Nodes);
        judged.AssertNamed(lost);
        Assert.All(lost.Manifests(request.SessionId).Values, manifest => Assert.NotEmpty(manifest.Gaps));
    }

    [Fact]
    public async Task A_frozen_coordinator_is_replaced_and_follows_when_it_wakes()
    {
        RunningRig rig = await shared.TakeAsync();
        LabNode frozen = await rig.CoordinatorAsync();
        LabNode[] living = [.. rig.Nodes.Where(node => node != frozen)];
        long? token = (await living[0].RigAsync())!.Cluster.Token;
        StartSession request = new() { SessionId = shared.NextSession(), RequestId = Guid.NewGuid().ToString("N") };
        SessionOutcome started = await living[0].StartAsync(request);
        await rig.RecordedAsync(50, rig.Nodes);

        long began = Stopwatch.GetTimestamp();
        await frozen.Process.FreezeAsync();
        TimeSpan took = await rig.AcceptedAgainAsync(living[0], request, started);
        Assert.InRange(took, TimeSpan.Zero, Takeover);

        // Waits in the frozen process, which still takes itself for the coordinator when it wakes.
        Task<object> late = frozen.TryStartAsync(request);
        await Task.Delay(Frozen - Stopwatch.GetElapsedTime(began));
        await frozen.Process.ThawAsync();
        _ = await late;

        LabNode now = await rig.CoordinatorAsync();
        Assert.NotEqual(frozen, now);
        ClusterStatus cluster = (await frozen.RigAsync())!.Cluster;
        Assert.True(cluster.Token > token, $"{cluster.Token} after {token}");
        await rig.WholeAsync();
        SessionOutcome stopped = await frozen.StopAsync();
        await rig.CompleteAsync(request.SessionId, rig.Nodes);

        Judgement judged = await Judgement.OfAsync(request.SessionId, rig.Nodes);
        judged.AssertWhole(living);
        judged.AssertTogether(started.Start, stopped.End, rig.Nodes);
        judged.AssertNamed(frozen);
    }
}
