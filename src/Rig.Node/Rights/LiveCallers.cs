using Rig.Contracts.Access;

namespace Rig.Node.Rights;

/// <summary>Ends what runs on a right that was taken away or has run out: streams, sockets, downloads. Any thread.</summary>
internal sealed class LiveCallers(AccessStore store, AccessControl access, TimeProvider time) : BackgroundService
{
    /// <summary>A credential that runs out is noticed so much later; one that is taken away at once.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly HashSet<Registration> _registrations = [];

    public IDisposable Register(Caller caller, Action ended)
    {
        Registration registration = new(this, caller, ended);
        lock (_lock)
        {
            _registrations.Add(registration);
        }

        return registration;
    }

    /// <summary>Requests that may last are cut when their right ends; short ones have been answered by then.</summary>
    public async Task GuardAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Caller() is not { Kind: CallerKind.Session or CallerKind.Token } caller || !MayLast(http.Request))
        {
            await next(http);
            return;
        }

        using IDisposable registration = Register(caller, http.Abort);
        await next(http);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        store.Changed = Sweep;
        try
        {
            using PeriodicTimer timer = new(Interval, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Sweep();
            }
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
        finally
        {
            store.Changed = null;
        }
    }

    /// <summary>WebSockets come by GET, over HTTP/2 by CONNECT (RFC 8441).</summary>
    private static bool MayLast(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsConnect(request.Method);

    private void Sweep()
    {
        Registration[] all;
        lock (_lock)
        {
            all = [.. _registrations];
        }

        Dictionary<string, bool> holds = new(StringComparer.Ordinal);
        foreach (Registration each in all)
        {
            if (!holds.TryGetValue(each.Caller.Id, out bool still))
            {
                holds[each.Caller.Id] = still = access.Holds(each.Caller);
            }

            if (!still)
            {
                each.End();
            }
        }
    }

    private sealed class Registration(LiveCallers owner, Caller caller, Action ended) : IDisposable
    {
        private readonly Lock _once = new();
        private bool _over;

        public Caller Caller { get; } = caller;

        /// <summary>Under the lock, so that a request that is over, and its context used again, is not hit.</summary>
        public void End()
        {
            lock (_once)
            {
                if (!_over)
                {
                    _over = true;
                    ended();
                }
            }
        }

        public void Dispose()
        {
            lock (_once)
            {
                _over = true;
            }

            lock (owner._lock)
            {
                owner._registrations.Remove(this);
            }
        }
    }
}
