using System.Net;

namespace Rig.Streams.Sources;

/// <summary>
/// <c>udp://:PORT</c> and <c>udp://GROUP:PORT</c>: MPEG-TS over UDP, plain or in RTP, told apart by the first byte of each datagram. Options:
/// <c>interface</c> (an address of this machine to join a multicast group on), <c>buffer</c> (bytes of the kernel's receive buffer).
/// </summary>
public sealed class UdpScheme : ISourceScheme
{
    /// <summary>Bytes of the receive buffer asked for: 0.6 s of 50 Mbit/s. The kernel gives at most net.core.rmem_max.</summary>
    private const int DefaultBuffer = 4 << 20;

    public IReadOnlyList<string> Names => ["udp"];

    public string Example => "udp://:5000; udp://239.1.2.3:5000?interface=192.168.1.5";

    public ISource Create(SourceUri uri, SourceContext context)
    {
        (string path, SourceOptions options) = uri.SplitOptions("interface", "buffer");
        var address = NetworkAddress.Parse(uri, path, Example);
        IPAddress? group = null;
        if (!address.IsListening && !IPAddress.TryParse(address.Host, out group))
        {
            throw new SourceException($"'{address.Host}' is not an IP address. {Names[0]} sources are written {Example}.");
        }

        IPAddress? local = null;
        if (options.Text("interface") is { } text && !IPAddress.TryParse(text, out local))
        {
            throw options.Wrong("interface", text, "an IP address of this machine");
        }

        return new UdpSource(group, address.Port, local, options.Integer("buffer", DefaultBuffer, 1 << 16, 1 << 28), uri.Text, context);
    }
}
