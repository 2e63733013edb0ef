using System.Net.Sockets;
using System.Text;
using Rig.Node.Hosting;
using Rig.Node.Tests.Configuration;

namespace Rig.Node.Tests.Hosting;

public sealed class ServiceManagerTests
{
    [Theory]
    [InlineData("60000000", 20)]
    [InlineData("3000000", 1)]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("0", null)]
    [InlineData("-5", null)]
    [InlineData("soon", null)]
    public void The_watchdog_is_fed_three_times_in_its_period(string? microseconds, int? seconds) =>
        Assert.Equal(seconds, ServiceManager.Watchdog(microseconds)?.TotalSeconds);

    [Fact]
    public void A_state_arrives_as_one_datagram()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("notify");
        using Socket manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };
        manager.Bind(new UnixDomainSocketEndPoint(path));
        ServiceManager.Send(path, "READY=1");
        byte[] buffer = new byte[100];
        Assert.Equal("READY=1", Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer)));
    }

    [Fact]
    public void A_service_manager_that_is_gone_does_no_harm() => ServiceManager.Send("/nowhere/notify", "READY=1");
}
