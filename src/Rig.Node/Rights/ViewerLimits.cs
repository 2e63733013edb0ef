using System.Net;
using Rig.Contracts.Problems;
using Rig.Node.Hosting;

namespace Rig.Node.Rights;

/// <summary>Bounds what lasts: live pictures, event streams, WebSockets; in all and for one client. The machine itself counts in all only. Any thread.</summary>
public sealed class ViewerLimits(int most, int mostOfOneClient)
{
    private readonly ConnectionGate _all = new(most, most);
    private readonly ConnectionGate _each = new(int.MaxValue, mostOfOneClient);

    /// <summary>Viewers that were refused, for metrics.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    private long _refused;

    /// <summary>A place, to be disposed of when the viewer goes; null when there is none.</summary>
    public IDisposable? TryEnter(IPAddress? address)
    {
        IPAddress client = address ?? IPAddress.None;
        bool local = IPAddress.IsLoopback(client);
        if (!_all.TryEnter(IPAddress.Any))
        {
            Interlocked.Increment(ref _refused);
            return null;
        }

        if (!local && !_each.TryEnter(client))
        {
            _all.Leave(IPAddress.Any);
            Interlocked.Increment(ref _refused);
            return null;
        }

        return new Place(this, local ? null : client);
    }

    /// <summary>What is answered to those for whom there is no place.</summary>
    public static Problem Full { get; } =
        new()
        {
            Status = StatusCodes.Status429TooManyRequests,
            Code = ProblemCodes.TooManyViewers,
            Title = "There is no place for another viewer",
            Remedy = "Close a page that shows live pictures, or raise http.viewers or http.viewersPerClient.",
        };

    private sealed class Place(ViewerLimits owner, IPAddress? client) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) != 0)
            {
                return;
            }

            owner._all.Leave(IPAddress.Any);
            if (client is not null)
            {
                owner._each.Leave(client);
            }
        }
    }
}
