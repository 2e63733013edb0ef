using System.Net;
using System.Net.Sockets;

namespace Rig.Node.Rights;

/// <summary>
/// Slows whoever is wrong again and again: three attempts are free, then the wait doubles from 1 s. Counted by address and by user, so that neither one machine
/// with many names nor many machines with one get far. Memory is bounded. Any thread.
/// </summary>
public sealed class LoginThrottle(TimeProvider time)
{
    private const int Free = 3;

    /// <summary>More addresses at once than this are an attack; those that were wrong longest ago are forgotten first.</summary>
    private const int Most = 4096;

    private static readonly TimeSpan LongestForAddress = TimeSpan.FromSeconds(30);

    /// <summary>Shorter, because a stranger's attempts make the rightful user wait too.</summary>
    private static readonly TimeSpan LongestForUser = TimeSpan.FromSeconds(5);

    /// <summary>After so long without a wrong attempt all is forgotten.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Record> _records = new(StringComparer.Ordinal);

    /// <summary>Wrong attempts since the start, for metrics.</summary>
    public long Failures { get; private set; }

    /// <summary>One IPv6 customer has 2^64 addresses: they count as one.</summary>
    public static string OfAddress(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return OfAddress(http.Connection.RemoteIpAddress ?? IPAddress.None);
    }

    /// <summary>The same for a client of another protocol.</summary>
    public static string OfAddress(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? $"a:{Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))}"
            : $"a:{address}";
    }

    public static string OfUser(string user) => $"u:{user}";

    /// <summary>How long until the next attempt is looked at; null: now.</summary>
    public TimeSpan? Wait(string key)
    {
        lock (_lock)
        {
            DateTimeOffset now = time.GetUtcNow();
            return _records.TryGetValue(key, out Record? record) && record.Until > now ? record.Until - now : null;
        }
    }

    public void Failed(string key)
    {
        lock (_lock)
        {
            Failures++;
            DateTimeOffset now = time.GetUtcNow();
            int count = _records.Remove(key, out Record? record) && now - record.Last < Memory ? record.Count + 1 : 1;
            if (_records.Count >= Most)
            {
                _records.Remove(_records.MinBy(each => each.Value.Last).Key);
            }

            _records[key] = new Record(count, now, now + Penalty(key, count));
        }
    }

    public void Succeeded(string key)
    {
        lock (_lock)
        {
            _records.Remove(key);
        }
    }

    private static TimeSpan Penalty(string key, int count)
    {
        if (count <= Free)
        {
            return TimeSpan.Zero;
        }

        TimeSpan longest = key.StartsWith('u') ? LongestForUser : LongestForAddress;
        TimeSpan wait = TimeSpan.FromSeconds(1 << Math.Min(count - Free - 1, 10));
        return wait < longest ? wait : longest;
    }

    private sealed record Record(int Count, DateTimeOffset Last, DateTimeOffset Until);
}
