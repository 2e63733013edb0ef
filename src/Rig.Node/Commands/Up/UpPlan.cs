using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rig.Node.Commands.Up;

/// <summary>Names and ports of a demo rig. Kept in its folder, because certificates and etcd remember the addresses from one run to the next.</summary>
internal sealed record UpPlan(LighthousePorts Lighthouse, IReadOnlyList<NodePlan> Nodes)
{
    private const string File = "up.json";

    /// <summary>Where a browser is likely to look first.</summary>
    private const int FirstHttpPort = 8080;

    /// <summary>The port that players suppose.</summary>
    private const int FirstRtspPort = 8554;

    /// <summary>The names of the pitch's three cameras; further ones are numbered.</summary>
    private static readonly string[] Names = ["CAM_L", "CAM_C", "CAM_R"];

    /// <summary>The plan of the folder, with nodes added if it had fewer; made anew when there is none.</summary>
    /// <param name="data">The demo's folder.</param>
    /// <param name="nodes">How many are wanted.</param>
    /// <param name="httpPort">The first node's; the first free one from 8080 when null, any free one when 0.</param>
    public static UpPlan Make(string data, int nodes, int? httpPort)
    {
        Directory.CreateDirectory(data);
        UpPlan? old = Read(Path.Combine(data, File));
        HashSet<int> taken = [.. old is null ? [] : old.Ports()];
        List<NodePlan> planned = [.. (old?.Nodes ?? []).Take(nodes)];
        while (planned.Count < nodes)
        {
            int http = planned.Count == 0 && httpPort is > 0 and { } wanted ? wanted : 0;
            http = http == 0 && httpPort != 0 ? FreeFrom(FirstHttpPort + planned.Count, taken) : http;
            planned.Add(new NodePlan(Name(planned.Count), http == 0 ? Free(taken) : http, Free(taken)));
        }

        for (int i = 0; i < planned.Count; i++)
        {
            // A plan of an earlier version has none.
            planned[i] = planned[i].RtspPort > 0 ? planned[i] : planned[i] with { RtspPort = FreeFrom(FirstRtspPort + i, taken) };
        }

        if (httpPort is > 0 and { } asked)
        {
            planned[0] = planned[0] with { HttpPort = asked };
        }

        UpPlan plan = new(old?.Lighthouse ?? new LighthousePorts(Free(taken), Free(taken), Free(taken), Free(taken)), planned);
        System.IO.File.WriteAllText(Path.Combine(data, File), JsonSerializer.Serialize(plan, UpJson.Default.UpPlan));
        return plan;
    }

    /// <summary>A port of the plan that another program has; null when all are free.</summary>
    public int? TakenPort() => Ports().Cast<int?>().FirstOrDefault(port => !IsFree(port!.Value));

    private static string Name(int index) => index < Names.Length ? Names[index] : $"CAM_{index + 1}";

    private IEnumerable<int> Ports() =>
        [
            Lighthouse.Discovery,
            Lighthouse.Join,
            Lighthouse.EtcdClient,
            Lighthouse.EtcdPeer,
            .. Nodes.SelectMany(node => (int[])[node.HttpPort, node.LinkPort, node.RtspPort]),
        ];

    private static UpPlan? Read(string file)
    {
        try
        {
            return System.IO.File.Exists(file) ? JsonSerializer.Deserialize(System.IO.File.ReadAllText(file), UpJson.Default.UpPlan) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static int FreeFrom(int first, HashSet<int> taken)
    {
        const int tried = 200;
        for (int port = first; port < first + tried; port++)
        {
            if (!taken.Contains(port) && IsFree(port))
            {
                taken.Add(port);
                return port;
            }
        }

        return Free(taken);
    }

    private static int Free(HashSet<int> taken)
    {
        while (true)
        {
            using TcpListener probe = new(IPAddress.Loopback, 0);
            probe.Start();
            int port = ((IPEndPoint)probe.LocalEndpoint).Port;
            if (taken.Add(port))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using TcpListener probe = new(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

/// <param name="Discovery">Plain HTTP, public facts.</param>
/// <param name="Join">HTTPS, for tokens.</param>
internal sealed record LighthousePorts(int Discovery, int Join, int EtcdClient, int EtcdPeer);

/// <param name="HttpPort">For people and programs.</param>
/// <param name="LinkPort">For the other nodes.</param>
internal sealed record NodePlan(string Id, int HttpPort, int LinkPort)
{
    /// <summary>For players.</summary>
    public int RtspPort { get; init; }

    [JsonIgnore]
    public string Http => $"http://127.0.0.1:{HttpPort}";
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(UpPlan))]
internal sealed partial class UpJson : JsonSerializerContext;
