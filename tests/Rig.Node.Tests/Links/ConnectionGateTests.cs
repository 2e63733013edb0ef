using System.Net;
using Rig.Node.Hosting;

namespace Rig.Node.Tests.Links;

public sealed class ConnectionGateTests
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Other = IPAddress.Parse("192.0.2.2");

    [Fact]
    public void One_address_cannot_take_every_place()
    {
        ConnectionGate gate = new(most: 3, mostFromOneAddress: 2);
        Assert.Equal([true, true, false], new[] { gate.TryEnter(One), gate.TryEnter(One), gate.TryEnter(One) });
        Assert.True(gate.TryEnter(Other));
        Assert.False(gate.TryEnter(Other));
        gate.Leave(One);
        Assert.True(gate.TryEnter(Other));
        gate.Leave(Other);
        gate.Leave(Other);
        Assert.True(gate.TryEnter(One));
        Assert.False(gate.TryEnter(One));
    }
}
