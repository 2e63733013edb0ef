using System.Net;

namespace Rig.Node.Hosting;

/// <summary>Bounds connections before anybody is known: in all, and from one address, so that one machine cannot take every place. Any thread.</summary>
public sealed class ConnectionGate(int most, int mostFromOneAddress)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private int _all;

    public bool TryEnter(IPAddress address)
    {
        lock (_lock)
        {
            int here = _byAddress.GetValueOrDefault(address);
            if (_all >= most || here >= mostFromOneAddress)
            {
                return false;
            }

            _all++;
            _byAddress[address] = here + 1;
            return true;
        }
    }

    /// <summary>Once for each <see cref="TryEnter"/> that let in.</summary>
    public void Leave(IPAddress address)
    {
        lock (_lock)
        {
            _all--;
            if (--_byAddress[address] == 0)
            {
                _byAddress.Remove(address);
            }
        }
    }
}
