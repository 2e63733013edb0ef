using System.Net;
using System.Net.Sockets;
using Rig.Cluster.Joining;
using Rig.Node.Configuration;
using Rig.Node.Hosting;
using Rig.Node.Tests.Configuration;

namespace Rig.Node.Tests.Hosting;

public sealed class NodeClusterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly BoundPorts _ports = new();

    public void Dispose()
    {
        _ports.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_node_that_has_not_joined_a_rig_is_alone_and_listens_for_nobody()
    {
        using NodeCluster node = Create(ClusterEngine.Auto);
        Assert.Equal(("embedded", "CAM_L", true), (node.Settings.Engine, node.Settings.RigId, node.Settings.IsAlone));
        Assert.Null(node.Listener);
        Assert.Equal("http://127.0.0.1:8080", node.Cluster.Self.HttpAddress);
        await node.Cluster.DisposeAsync();
    }

    [Fact]
    public void Etcd_without_an_identity_is_refused_with_the_command_that_helps()
    {
        IdentityException refused = Assert.Throws<IdentityException>(() => Create(ClusterEngine.Etcd));
        Assert.Contains("rig node --join", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_the_system_chooses_is_known_before_the_server_is_built_and_is_held_for_it()
    {
        IPEndPoint address = _ports.Bind(IPAddress.Loopback, 0);
        Assert.NotEqual(0, address.Port);
        IOException taken = Assert.Throws<IOException>(() => new BoundPorts().Bind(IPAddress.Loopback, address.Port));
        Assert.Contains($"{address}", taken.Message, StringComparison.Ordinal);
        using Socket socket = _ports.Take(address);
        Assert.Equal(address, socket.LocalEndPoint);
    }

    private NodeCluster Create(ClusterEngine engine)
    {
        RigOptions options = new()
        {
            Node = new NodeOptions { Id = "CAM_L", Data = _folder.Root },
            Cluster = new ClusterOptions { Engine = engine },
        };
        return NodeCluster.Create(options, "0.1.0", new IPEndPoint(IPAddress.Loopback, 8080), _ports, TimeProvider.System, _ => { });
    }
}
