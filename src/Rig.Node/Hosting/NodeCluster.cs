using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Rig.Actors.Settings;
using Rig.Cluster;
using Rig.Cluster.Embedded;
using Rig.Cluster.Etcd;
using Rig.Cluster.Joining;
using Rig.Cluster.Remote;
using Rig.Contracts.Cluster;
using Rig.Node.Configuration;

namespace Rig.Node.Hosting;

/// <summary>
/// The cluster of this node as its configuration wants it: alone, or on the rig's etcd once it has joined one. Owns what the cluster works with.
/// </summary>
public sealed class NodeCluster : IDisposable
{
    private NodeCluster(ICluster cluster, ClusterSettings settings, NodeIdentity? identity, RemoteLinks? links, LinkListener? listener) =>
        (Cluster, Settings, Identity, Links, Listener) = (cluster, settings, identity, links, listener);

    public ICluster Cluster { get; }
    public ClusterSettings Settings { get; }

    /// <summary>Null while the node is alone.</summary>
    public NodeIdentity? Identity { get; }

    /// <summary>The connections to the other nodes; null while the node is alone.</summary>
    public RemoteLinks? Links { get; }

    /// <summary>Where the others connect; null while the node is alone.</summary>
    public LinkListener? Listener { get; }

    /// <summary>Where the link listener is bound.</summary>
    public IPEndPoint? LinkEndPoint { get; private init; }

    /// <param name="http">Where the node's HTTP server is bound.</param>
    /// <param name="onError">Hears of exceptions of the cluster's listeners.</param>
    /// <exception cref="IdentityException">The node has joined a rig and cannot prove it, or should have joined and has not.</exception>
    /// <exception cref="IOException">The link port cannot be had.</exception>
    public static NodeCluster Create(
        RigOptions options,
        string version,
        IPEndPoint http,
        BoundPorts ports,
        TimeProvider time,
        Action<Exception> onError
    )
    {
        ClusterOptions cluster = options.Cluster;
        string folder = options.Node.IdentityFolder();
        bool joined = NodeIdentity.Exists(folder);
        if (cluster.Engine == ClusterEngine.Etcd && !joined)
        {
            throw new IdentityException(
                $"cluster.engine is etcd, and {folder} holds no identity. Join a rig: rig node --join LIGHTHOUSE --token TOKEN, or set cluster.engine = auto."
            );
        }

        return joined && cluster.Engine != ClusterEngine.Embedded
            ? OnEtcd(options, version, http, ports, NodeIdentity.Load(folder, time), time, onError)
            : Alone(options, version, http, time, onError);
    }

    public void Dispose() => Identity?.Dispose();

    private static void Remember(string folder, RigFile facts, IReadOnlyList<Uri> endpoints, Action<Exception> onError)
    {
        try
        {
            NodeIdentity.Remember(folder, facts, endpoints);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            onError(error);
        }
    }

    private static NodeCluster Alone(RigOptions options, string version, IPEndPoint http, TimeProvider time, Action<Exception> onError)
    {
        Member self = Self(options, version, HttpAddress(options, http, joined: false), "", time);
        ClusterSettings settings = new()
        {
            RigId = options.Node.Id,
            Engine = "embedded",
            PrepareTimeout = options.Cluster.PrepareTimeout,
        };
        EmbeddedCluster cluster = new(
            new EmbeddedOptions
            {
                Self = self,
                File = Path.Combine(options.Node.StateFolder(), "shared.db"),
                Time = time,
                OnError = onError,
            }
        );
        return new NodeCluster(cluster, settings, null, null, null);
    }

    private static NodeCluster OnEtcd(
        RigOptions options,
        string version,
        IPEndPoint http,
        BoundPorts ports,
        NodeIdentity identity,
        TimeProvider time,
        Action<Exception> onError
    )
    {
        if (identity.NodeId != options.Node.Id)
        {
            identity.Dispose();
            throw new IdentityException(
                $"This node joined its rig as {identity.NodeId}, and node.id is {options.Node.Id}. Set node.id = {identity.NodeId}, or remove {options.Node.IdentityFolder()} and join anew."
            );
        }

        IPEndPoint link = ports.Bind(IPAddress.Parse(options.Cluster.Link.Address), options.Cluster.Link.Port);
        RemoteLinks links = new(identity, new Rig.Cluster.Remote.LinkOptions(), time);
        string host = Host(options, link.Address);
        EtcdClusterOptions etcd = new()
        {
            RigId = identity.RigId,
            Self = Self(options, version, HttpAddress(options, http, joined: true), $"https://{host}:{link.Port}", time),
            Etcd = new EtcdOptions
            {
                Endpoints =
                    options.Cluster.Etcd.Count > 0 ? [.. options.Cluster.Etcd.Select(one => new Uri(one))] : identity.Facts.EtcdEndpoints,
                Tls = new EtcdTls(identity.Authority, identity.Certificate),
            }.Within(options.Cluster.Lease),
            Ttl = options.Cluster.Lease,
            EndpointsChanged =
                options.Cluster.Etcd.Count > 0
                    ? null
                    : endpoints => Remember(options.Node.IdentityFolder(), identity.Facts, endpoints, onError),
        };
        ClusterSettings settings = new()
        {
            RigId = identity.RigId,
            Engine = "etcd",
            PrepareTimeout = options.Cluster.PrepareTimeout,
        };
        return new NodeCluster(
            new EtcdCluster(etcd, links, time, onError),
            settings,
            identity,
            links,
            new LinkListener(links, identity, time)
        )
        {
            LinkEndPoint = link,
        };
    }

    private static Member Self(RigOptions options, string version, string http, string link, TimeProvider time) =>
        new()
        {
            NodeId = options.Node.Id,
            HttpAddress = http,
            LinkAddress = link,
            Roles = options.Node.Roles,
            Incarnation = Guid.NewGuid(),
            Version = version,
            Cameras = [.. options.Cameras.Keys],
            Since = time.GetUtcNow(),
        };

    private static string HttpAddress(RigOptions options, IPEndPoint http, bool joined) =>
        $"{(PublicTls.IsOn(options.Http, joined) ? "https" : "http")}://{Host(options, http.Address)}:{http.Port}";

    /// <summary>What others call this node: as configured, or the address listened on, or the first one of the network where that is every address.</summary>
    private static string Host(RigOptions options, IPAddress bound)
    {
        if (options.Cluster.Link.Advertise is { Length: > 0 } configured)
        {
            return configured;
        }

        bool any = bound.Equals(IPAddress.Any) || bound.Equals(IPAddress.IPv6Any);
        IPAddress address = any ? FirstAddress() : bound;
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : $"{address}";
    }

    private static IPAddress FirstAddress() =>
        NetworkInterface
            .GetAllNetworkInterfaces()
            .Where(network =>
                network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback
            )
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .FirstOrDefault(address =>
                address.AddressFamily == AddressFamily.InterNetwork && !address.ToString().StartsWith("169.254.", StringComparison.Ordinal)
            )
        ?? IPAddress.Loopback;

    /// <summary>Host names and addresses of this node, for its certificate.</summary>
    public static IReadOnlyList<string> Names(RigOptions options) =>
        [
            .. new[] { Host(options, IPAddress.Parse(options.Cluster.Link.Address)), "localhost", "127.0.0.1", Environment.MachineName }
                .Where(name => Uri.CheckHostName(name) != UriHostNameType.Unknown)
                .Distinct(StringComparer.OrdinalIgnoreCase),
        ];
}
