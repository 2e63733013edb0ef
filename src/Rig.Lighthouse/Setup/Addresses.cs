using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Rig.Cluster.Joining;

namespace Rig.Lighthouse.Setup;

/// <summary>Names and addresses: which ones this computer has, and which ones may stand in a certificate.</summary>
internal static partial class Addresses
{
    /// <summary>This computer's IPv4 addresses that others can reach, or loopback when it has none.</summary>
    public static IReadOnlyList<string> OfThisComputer()
    {
        List<string> found =
        [
            .. NetworkInterface
                .GetAllNetworkInterfaces()
                .Where(one => one.OperationalStatus == OperationalStatus.Up && one.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                .SelectMany(one => one.GetIPProperties().UnicastAddresses)
                .Where(one => one.Address.AddressFamily == AddressFamily.InterNetwork)
                .Select(one => one.Address.ToString()),
        ];
        return found.Count > 0 ? found : ["127.0.0.1"];
    }

    /// <summary>The host's name as a lighthouse's name.</summary>
    public static string NameOfThisComputer() => RigCertificates.IsId(Environment.MachineName) ? Environment.MachineName : "lighthouse-1";

    public static string Url(string scheme, string host, int port) => $"{scheme}://{(IsIPv6(host) ? $"[{host}]" : host)}:{port}";

    /// <summary>Whether it is an IP address or a host name that may stand in a certificate.</summary>
    public static bool IsHost(string text) => text.Length <= 253 && (IPAddress.TryParse(text, out _) || HostName().IsMatch(text));

    /// <summary>A TCP port that nobody uses now.</summary>
    public static int FreePort(string listen)
    {
        using TcpListener probe = new(IPAddress.Parse(listen), 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static bool IsIPv6(string host) =>
        IPAddress.TryParse(host, out IPAddress? ip) && ip.AddressFamily == AddressFamily.InterNetworkV6;

    [GeneratedRegex(
        @"\A[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?)*\z",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex HostName();
}
