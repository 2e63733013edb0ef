using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace Rig.Cluster.Joining.Beacons;

/// <summary>
/// The two datagrams of the beacon. A question is as long as the longest answer, so that nobody can use the beacon to send somebody else more than he
/// spends himself. An answer is believed as far as discovery is: not at all without a token.
/// </summary>
public static class BeaconMessage
{
    /// <summary>Of the administratively scoped block (RFC 2365); stays on the site.</summary>
    public static readonly IPAddress Group = IPAddress.Parse("239.255.82.71");

    public const int Port = 9110;

    /// <summary>Bytes of a question, and most of an answer.</summary>
    public const int Size = 400;

    private const string Question = "RIG? 1";
    private const string Answer = "RIG! 1";

    /// <summary>A datagram that asks who is there.</summary>
    public static byte[] Ask() => Encoding.ASCII.GetBytes(Question.PadRight(Size));

    public static bool IsQuestion(ReadOnlySpan<byte> datagram) => datagram.Length == Size && datagram.StartsWith("RIG? 1 "u8);

    /// <summary>The answer of a lighthouse.</summary>
    public static byte[] Tell(string rigId, string discovery) => Encoding.UTF8.GetBytes($"{Answer} {rigId} {discovery}");

    public static bool TryReadAnswer(ReadOnlySpan<byte> datagram, [NotNullWhen(true)] out BeaconAnswer? answer)
    {
        answer = null;
        if (
            datagram.Length > Size
            || Encoding.UTF8.GetString(datagram).Split(' ') is not ["RIG!", "1", { Length: > 0 } rigId, var address]
            || !Uri.TryCreate(address, UriKind.Absolute, out Uri? discovery)
            || discovery.Scheme != Uri.UriSchemeHttp
        )
        {
            return false;
        }

        answer = new BeaconAnswer(rigId, discovery);
        return true;
    }
}

/// <summary>A lighthouse on the local network.</summary>
public sealed record BeaconAnswer(string RigId, Uri Discovery);
