using System.Net;
using System.Net.Sockets;

namespace Rig.Node.Events;

/// <summary>
/// How webhooks leave the node: no redirects, no proxy, no cookies, and not to this machine or its link, where other programs and the secrets of clouds
/// (169.254.169.254) live. The address is looked at when connecting, so that no name resolves to one thing when asked and another when used.
/// </summary>
internal static class WebhookHttp
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    public static HttpClient Create(bool allowLocal, TimeSpan limit) =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                ConnectTimeout = ConnectLimit,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                MaxConnectionsPerServer = 1,
                MaxResponseHeadersLength = 16,
                ConnectCallback = (context, cancel) => ConnectAsync(context.DnsEndPoint, allowLocal, cancel),
            }
        )
        {
            Timeout = limit,
        };

    /// <summary>Whether an address may be sent to while local ones are not allowed.</summary>
    internal static bool IsElsewhere(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IPAddress.IsLoopback(plain) || plain.Equals(IPAddress.Any) || plain.Equals(IPAddress.IPv6Any))
        {
            return false;
        }

        if (plain.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return !plain.IsIPv6LinkLocal && !plain.IsIPv6Multicast;
        }

        Span<byte> bytes = stackalloc byte[4];
        plain.TryWriteBytes(bytes, out _);
        // RFC 1122 "this network", RFC 3927 link-local, multicast, reserved and broadcast.
        return bytes[0] is not 0 and < 224 && !(bytes[0] == 169 && bytes[1] == 254);
    }

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, bool allowLocal, CancellationToken cancel)
    {
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(target.Host, cancel);
        IPAddress[] usable = [.. addresses.Where(address => allowLocal || IsElsewhere(address))];
        if (usable.Length == 0)
        {
            throw new NotElsewhereException(
                $"{target.Host} leads to this machine or its link. Set webhooks.allowLocal = true if that is meant."
            );
        }

        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(usable, target.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The address may not be sent to.</summary>
internal sealed class NotElsewhereException(string message) : IOException(message);
