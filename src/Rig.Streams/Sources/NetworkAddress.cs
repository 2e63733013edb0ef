using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rig.Streams.Sources;

/// <summary>The <c>//HOST:PORT</c> of a network source. An empty host, <c>*</c> or <c>0.0.0.0</c> is every address of this machine.</summary>
internal sealed record NetworkAddress(string Host, int Port)
{
    public bool IsListening => Host.Length == 0;

    /// <exception cref="SourceException">It is not of that form.</exception>
    public static NetworkAddress Parse(SourceUri uri, string path, string example)
    {
        string text = path.StartsWith("//", StringComparison.Ordinal) ? path[2..].TrimEnd('/') : "";
        text = text.StartsWith('@') ? text[1..] : text; // VLC's and ffmpeg's way to say "listen"
        int colon = text.LastIndexOf(':');
        bool readable =
            colon >= 0
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            && port is > 0 and <= IPEndPoint.MaxPort;
        if (!readable)
        {
            throw new SourceException($"'{uri}' has no port from 1 to {IPEndPoint.MaxPort}. It is written {example}.");
        }

        string host = text[..colon].Trim('[', ']');
        return new NetworkAddress(
            host is "*" or "0.0.0.0" or "::" ? "" : host,
            int.Parse(text[(colon + 1)..], CultureInfo.InvariantCulture)
        );
    }

    /// <summary>Every address, IPv6 and IPv4 where the machine has both.</summary>
    public IPEndPoint ListenEndPoint() => new(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, Port);

    public static SourceException CannotListen(string scheme, IPEndPoint at, SocketException failure)
    {
        string remedy = failure.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => "another program or camera has it; choose another port or end that program",
            SocketError.AccessDenied => "ports below 1024 need privilege; choose another port",
            SocketError.AddressNotAvailable => "this machine does not have that address",
            _ => failure.SocketErrorCode.ToString(),
        };
        return new SourceException($"{scheme} port {at.Port} cannot be listened on: {remedy}.", failure);
    }
}
