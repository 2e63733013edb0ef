using System.Net;
using System.Net.Sockets;

namespace Rig.EndToEnd.Tests.Support;

/// <summary>Ports for programs that cannot choose one themselves.</summary>
internal static class Ports
{
    /// <summary>A TCP port that was free a moment ago.</summary>
    public static int Free()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
