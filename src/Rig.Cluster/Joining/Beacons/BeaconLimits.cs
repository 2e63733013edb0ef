using System.Net;

namespace Rig.Cluster.Joining.Beacons;

/// <summary>Whom the beacon answers: private and link-local addresses only, each rarely, all together not often. Pure but for its memory.</summary>
public sealed class BeaconLimits
{
    /// <summary>A node that looks for its rig asks every second.</summary>
    private static readonly TimeSpan PerSender = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);
    private const int MostAWindow = 50;

    /// <summary>Senders remembered; more at once means forged addresses, and then nobody is answered until the window ends.</summary>
    private const int MostSenders = 1000;

    private readonly Dictionary<IPAddress, TimeSpan> _last = [];
    private TimeSpan _windowBegan;
    private int _inWindow;

    /// <param name="now">On any clock that only goes forward.</param>
    public bool MayAnswer(IPAddress sender, TimeSpan now)
    {
        if (now - _windowBegan >= Window)
        {
            (_windowBegan, _inWindow) = (now, 0);
            foreach (IPAddress old in _last.Where(one => now - one.Value >= PerSender).Select(one => one.Key).ToList())
            {
                _last.Remove(old);
            }
        }

        if (!IsLocal(sender) || _inWindow >= MostAWindow || _last.Count >= MostSenders)
        {
            return false;
        }

        if (_last.TryGetValue(sender, out TimeSpan before) && now - before < PerSender)
        {
            return false;
        }

        _last[sender] = now;
        _inWindow++;
        return true;
    }

    /// <summary>Loopback, RFC 1918 and RFC 3927.</summary>
    private static bool IsLocal(IPAddress address)
    {
        byte[] bytes = address.MapToIPv4().GetAddressBytes();
        return bytes switch
        {
            [127, ..] or [10, ..] or [192, 168, ..] or [169, 254, ..] => true,
            [172, >= 16 and < 32, ..] => true,
            _ => false,
        };
    }
}
