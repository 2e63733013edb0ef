using Rig.Cluster.Embedded;
using Rig.Cluster.Tests.Contract;
using Rig.Contracts.Cluster;

namespace Rig.Cluster.Tests.Embedded;

/// <summary>Nodes alone, each with its file in one temporary folder.</summary>
public sealed class EmbeddedFixture : ClusterFixture
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rig-embedded-").FullName;
    private readonly Dictionary<string, EmbeddedCluster> _nodes = new(StringComparer.Ordinal);

    public string FileOf(string nodeId) => Path.Combine(_folder, "state", $"{nodeId}.db");

    public override ICluster Create(string nodeId) => Open(nodeId);

    public EmbeddedCluster Open(string nodeId, int keepChanges = 1_000)
    {
        Member self = new()
        {
            NodeId = nodeId,
            LinkAddress = "https://localhost:1",
            HttpAddress = "http://localhost:2",
            Incarnation = Guid.NewGuid(),
            Version = "0.1.0",
            Since = TimeProvider.System.GetUtcNow(),
        };
        EmbeddedCluster node = new(
            new EmbeddedOptions
            {
                Self = self,
                File = FileOf(nodeId),
                KeepChanges = keepChanges,
            }
        );
        _nodes[nodeId] = node;
        return node;
    }

    public override async Task KillAsync(string nodeId) => await _nodes[nodeId].DisposeAsync();

    public override Task CutAsync(string nodeId, Cut from) => throw new NotSupportedException("There is nothing to be cut from.");

    public override Task HealAsync(string nodeId) => Task.CompletedTask;

    public override Task CompactAsync() => Task.WhenAll(_nodes.Values.Select(node => node.CompactAsync()));

    public override Task UntilAsync(Func<bool> condition, string what) => PollAsync(condition, what);

    public override async ValueTask DisposeAsync()
    {
        foreach (EmbeddedCluster node in _nodes.Values)
        {
            await node.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}
