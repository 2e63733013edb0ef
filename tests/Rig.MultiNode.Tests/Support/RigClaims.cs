using System.Diagnostics;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;
using Rig.MultiNode.Tests.Network;

namespace Rig.MultiNode.Tests.Support;

/// <summary>What the fault tests claim of a rig again and again.</summary>
internal static class RigClaims
{
    /// <summary>All hosts but this node's.</summary>
    public static IReadOnlyList<LabHost> HostsBut(this RunningRig rig, LabNode node) =>
        [.. rig.Nodes.Where(other => other != node).Select(other => other.Host), .. rig.Lighthouses.Select(lighthouse => lighthouse.Host)];

    /// <summary>Waits until these nodes say that the cluster is away.</summary>
    public static async Task AwayAsync(this RunningRig rig, params IEnumerable<LabNode> nodes)
    {
        foreach (LabNode node in nodes)
        {
            await rig.UntilAsync(
                $"{node.Id} says that the cluster is away",
                async () => (await node.RigAsync())?.Cluster is { Reachable: false, Reason: not null }
            );
        }
    }

    /// <summary>The node refuses a stop of the whole rig, says why, and names what it can do instead.</summary>
    public static async Task RefusedAsAwayAsync(this RunningRig rig, LabNode node)
    {
        object? answer = await node.TryStopAsync(new StopSession());
        Problem problem = Assert.IsType<Problem>(answer);
        Assert.True(problem is { Code: ProblemCodes.ClusterAway, Status: 503 }, $"{problem}");
        Assert.Contains("--local", problem.Remedy, StringComparison.Ordinal);
        Assert.True(rig.Nodes.All(each => each.Process.Runs));
    }

    /// <summary>
    /// Sends a start that was carried out before once more, until a coordinator takes it. It must change nothing: same session, same T0.
    /// </summary>
    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> AcceptedAgainAsync(this RunningRig rig, LabNode node, StartSession request, SessionOutcome before)
    {
        long began = Stopwatch.GetTimestamp();
        SessionOutcome? again = null;
        await rig.UntilAsync(
            $"{node.Id} finds a coordinator that accepts a command",
            async () => (again = await node.TryStartAsync(request) as SessionOutcome) is not null
        );
        Assert.Equal((before.SessionId, before.Start), (again!.SessionId, again.Start));
        return Stopwatch.GetElapsedTime(began);
    }
}
