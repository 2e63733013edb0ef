namespace Rig.Cluster.Etcd;

/// <summary>
/// The endpoints in turn. All traffic goes to the current one, which stays the current one until it fails; whoever has a stream open there is told
/// when it does.
/// </summary>
internal sealed class EndpointRing : IDisposable
{
    private readonly Lock _gate = new();
    private IReadOnlyList<Uri> _endpoints;
    private Place _current;

    public EndpointRing(IReadOnlyList<Uri> endpoints)
    {
        if (endpoints.Count == 0)
        {
            throw new ArgumentException("At least one etcd endpoint is needed.", nameof(endpoints));
        }

        _endpoints = endpoints;
        _current = new Place(0, endpoints[0], new CancellationTokenSource());
    }

    public IReadOnlyList<Uri> Endpoints => Volatile.Read(ref _endpoints);

    public Place Current
    {
        get
        {
            lock (_gate)
            {
                return _current;
            }
        }
    }

    /// <summary>Moves on from <paramref name="place"/>, unless another caller has done so already.</summary>
    public void Failed(Place place)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(place, _current))
            {
                return;
            }

            int next = (place.Index + 1) % _endpoints.Count;
            _current = new Place(next, _endpoints[next], new CancellationTokenSource());
        }

        place.Leave();
    }

    /// <summary>Members have come or gone. The current endpoint stays current until it fails, even when it is not among them.</summary>
    public void Learn(IReadOnlyList<Uri> endpoints)
    {
        lock (_gate)
        {
            Volatile.Write(ref _endpoints, endpoints);
        }
    }

    public void Dispose() => Current.Leave();

    /// <summary>One stay at an endpoint.</summary>
    public sealed class Place(int index, Uri endpoint, CancellationTokenSource left)
    {
        public int Index { get; } = index;
        public Uri Endpoint { get; } = endpoint;

        /// <summary>Cancelled when the client has moved elsewhere.</summary>
        public CancellationToken Left { get; } = left.Token;

        /// <summary>The source stays undisposed on purpose: it has no timer, and streams may still look at its token.</summary>
        public void Leave() => left.Cancel();
    }
}
