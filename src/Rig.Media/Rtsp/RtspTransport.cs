using System.Globalization;

namespace Rig.Media.Rtsp;

/// <summary>How a client wants a track's packets: interleaved with the connection, or by UDP to a pair of its ports (RFC 7826 18.54).</summary>
/// <param name="Interleaved">The first of two channels; null for UDP.</param>
/// <param name="ClientPort">The first of two UDP ports; null for TCP.</param>
public readonly record struct RtspTransport(byte? Interleaved, int? ClientPort)
{
    /// <summary>The first of the wanted transports that is served here; null when there is none. Only to the address that asks: never to a third one (18.54).</summary>
    /// <param name="next">The channel given to a client that wants to be told.</param>
    public static RtspTransport? Read(string? header, byte next)
    {
        foreach (string wanted in header?.Split(',', StringSplitOptions.TrimEntries) ?? [])
        {
            string[] words = wanted.Split(';', StringSplitOptions.TrimEntries);
            bool multicast = words.Contains("multicast", StringComparer.OrdinalIgnoreCase);
            if (multicast)
            {
                continue;
            }

            if (words[0].Equals("RTP/AVP/TCP", StringComparison.OrdinalIgnoreCase))
            {
                int? channel = First(words, "interleaved");
                return channel is null ? new RtspTransport(next, null)
                    : channel is >= 0 and <= byte.MaxValue - 1 ? new RtspTransport((byte)channel, null)
                    : null;
            }

            bool isUdp = words[0].ToUpperInvariant() is "RTP/AVP" or "RTP/AVP/UDP";
            if (isUdp && First(words, "client_port") is > 0 and < ushort.MaxValue and var port)
            {
                return new RtspTransport(null, port);
            }
        }

        return null;
    }

    private static int? First(string[] words, string name)
    {
        foreach (string word in words)
        {
            string[] pair = word.Split('=', 2);
            if (pair.Length == 2 && pair[0].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return int.TryParse(pair[1].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1;
            }
        }

        return null;
    }
}
