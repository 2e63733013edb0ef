using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Rig.Contracts.Cameras;
using Rig.Contracts.Cluster;
using Rig.Contracts.Json;
using Rig.Contracts.Nodes;
using Rig.MultiNode.Tests.Network;

namespace Rig.MultiNode.Tests.Support;

/// <summary>
/// A whole rig of real programs: lighthouses and nodes, each on a host of its own, joined by real tokens. Whatever becomes of it, its processes are ended by their ids
/// and its folders and hosts removed.
/// </summary>
internal sealed class RunningRig : IAsyncDisposable
{
    /// <summary>Two cameras as small as the frame stamp allows: the rig is under test, not the encoders.</summary>
    public const string TwoCameras = """cam0.source = "test:640x160@25", cam1.source = "test:640x160@25" """;

    /// <summary>Of a machine that does much else meanwhile.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly string _folder = Directory.CreateTempSubdirectory("rig-lab-").FullName;
    private readonly List<LabNode> _nodes = [];
    private readonly List<LabLighthouse> _lighthouses = [];

    private RunningRig(int seed) => Network = new LabNetwork(seed);

    public LabNetwork Network { get; }
    public IReadOnlyList<LabNode> Nodes => _nodes;
    public IReadOnlyList<LabLighthouse> Lighthouses => _lighthouses;

    public static async Task<RunningRig> StartAsync(int nodes = 3, int lighthouses = 1, int seed = 1)
    {
        Assert.True(LabNetwork.Missing is null, LabNetwork.Missing);
        RunningRig rig = new(seed);
        try
        {
            for (int i = 0; i < lighthouses; i++)
            {
                await rig.AddLighthouseAsync();
            }

            for (int i = 0; i < nodes; i++)
            {
                await rig.AddNodeAsync();
            }

            await rig.WholeAsync();
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>One node more, on a host of its own; returns when its process runs.</summary>
    public async Task<LabNode> AddNodeAsync(string cameras = TwoCameras)
    {
        string token = await TokenAsync("camera");
        LabNode node = LabNode.Create(await Network.AddHostAsync(), $"CAM_{_nodes.Count + 1}", _folder, cameras);
        _nodes.Add(node);
        node.Join(_lighthouses[0].Discovery, token);
        return node;
    }

    /// <summary>A node says goodbye and is ended; returns when the others know.</summary>
    public async Task RemoveAsync(LabNode node)
    {
        _nodes.Remove(node);
        await node.LeaveAsync();
        foreach (LabNode other in _nodes)
        {
            await UntilAsync($"{other.Id} knows that {node.Id} has left", async () => await other.RigAsync() is { } rig && !Has(rig, node));
        }

        await node.DisposeAsync();
    }

    /// <summary>Waits until all nodes are up, see each other, know one acting coordinator, and every camera streams.</summary>
    public async Task WholeAsync()
    {
        foreach (LabNode node in _nodes)
        {
            await UntilAsync(
                $"{node.Id} sees a whole rig",
                async () =>
                {
                    Assert.True(node.Process.Runs, $"{node.Id} has ended: {node.Process.LastWords}");
                    return IsWhole(await node.RigAsync());
                }
            );
        }
    }

    /// <summary>The coordinator as all the nodes given see it; all nodes when none is given.</summary>
    public async Task<LabNode> CoordinatorAsync(params LabNode[] asked)
    {
        LabNode? coordinator = null;
        LabNode[] all = asked.Length > 0 ? asked : [.. _nodes];
        await UntilAsync(
            "the nodes agree on an acting coordinator",
            async () =>
            {
                ClusterStatus?[] seen = [.. (await Task.WhenAll(all.Select(node => node.RigAsync()))).Select(status => status?.Cluster)];
                coordinator = _nodes.FirstOrDefault(node => node.Id == seen[0]?.Coordinator);
                return coordinator is not null
                    && all.Contains(coordinator)
                    && seen.All(each =>
                        each is { Reachable: true, CoordinatorState: CoordinatorState.Active } && each.Coordinator == coordinator.Id
                    );
            }
        );
        return coordinator!;
    }

    /// <summary>Waits until these nodes' cameras have written so many frames of their session.</summary>
    public async Task RecordedAsync(long frames, params IEnumerable<LabNode> nodes)
    {
        foreach (LabNode node in nodes)
        {
            await UntilAsync(
                $"{node.Id} has recorded {frames} frames",
                async () => await node.StatusAsync() is { } status && status.Cameras.All(camera => camera.Recorder.Frames >= frames)
            );
        }
    }

    /// <summary>Waits until every manifest of a session is complete.</summary>
    public async Task CompleteAsync(string session, params IEnumerable<LabNode> nodes)
    {
        foreach (LabNode node in nodes)
        {
            await UntilAsync(
                $"{node.Id} has closed {session}",
                () => Task.FromResult(node.Manifests(session) is { Count: > 0 } found && found.Values.All(manifest => manifest.Complete))
            );
        }
    }

    /// <summary>Polls until a condition holds; what the rig says of itself is in the failure.</summary>
    public async Task<TimeSpan> UntilAsync(string what, Func<Task<bool>> condition)
    {
        Stopwatch clock = Stopwatch.StartNew();
        using PeriodicTimer timer = new(Poll);
        while (!await condition())
        {
            if (clock.Elapsed > Patience)
            {
                Assert.Fail($"Not within {Patience.TotalSeconds} s: {what}.\n{await ReportAsync()}");
            }

            await timer.WaitForNextTickAsync();
        }

        return clock.Elapsed;
    }

    public async ValueTask DisposeAsync()
    {
        Network.Heal();
        await Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask()));
        await Task.WhenAll(_lighthouses.Select(lighthouse => lighthouse.DisposeAsync().AsTask()));
        await Network.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task AddLighthouseAsync()
    {
        LabLighthouse added = new(await Network.AddHostAsync(), _folder);
        bool first = _lighthouses.Count == 0;
        string? token = first ? null : await TokenAsync("lighthouse");
        _lighthouses.Add(added);
        added.Start(first ? null : (_lighthouses[0].Discovery, token!));
        await UntilAsync($"lighthouse {added.Host.Number} gives tokens", async () => await added.TokenAsync("camera") is not null);
    }

    private async Task<string> TokenAsync(string role)
    {
        string? token = null;
        await UntilAsync($"a token for a {role}", async () => (token = await _lighthouses[0].TokenAsync(role)) is not null);
        return token!;
    }

    private bool IsWhole(RigStatus? rig) =>
        rig is { Cluster: { Reachable: true, CoordinatorState: CoordinatorState.Active } }
        && _nodes.All(node => rig.Members.Any(member => member.View.Member.NodeId == node.Id && IsThere(member)));

    private static bool Has(RigStatus rig, LabNode node) =>
        rig.Members.Any(member => member.View.Member.NodeId == node.Id && member.View.State == MemberState.Up);

    private static bool IsThere(RigMember member) =>
        member is { View: { State: MemberState.Up, Reachable: true }, Status: { } status }
        && status.Cameras.All(camera => camera.Ingest.State == IngestState.Streaming);

    private async Task<string> ReportAsync()
    {
        StringBuilder text = new();
        foreach (LabNode node in _nodes)
        {
            RigStatus? rig = await node.RigAsync();
            NodeStatus? own = await node.StatusAsync();
            text.AppendLine($"--- {node.Id} at {node.Host.Address}, runs: {node.Process.Runs}");
            text.AppendLine(JsonSerializer.Serialize(rig?.Cluster, RigJson.Default.ClusterStatus));
            text.AppendLine(
                string.Join(", ", rig?.Members.Select(m => $"{m.View.Member.NodeId} {m.View.State} {m.View.Reachable} {m.Error}") ?? [])
            );
            text.AppendLine(
                string.Join(", ", own?.Cameras.Select(c => $"{c.Id} {c.Ingest.State} {c.Recorder.State} {c.Recorder.Frames}") ?? [])
            );
            text.AppendLine($"{own?.Session?.SessionId} {own?.Session?.State}").AppendLine(node.Process.LastWords);
        }

        foreach (LabLighthouse lighthouse in _lighthouses)
        {
            text.AppendLine($"--- lighthouse {lighthouse.Host.Number}, runs: {lighthouse.Process.Runs}")
                .AppendLine(lighthouse.Process.LastWords);
        }

        return text.ToString();
    }
}
