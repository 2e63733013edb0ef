using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Rig.Node.Hosting;

/// <summary>The endpoints for people and programs: bounded by address before anybody is known, then HTTPS where it is on.</summary>
/// <param name="tls">Null for plain HTTP.</param>
internal sealed class PublicListener(int most, int mostFromOneAddress, Action<HttpsConnectionAdapterOptions>? tls)
{
    private readonly ConnectionGate _gate = new(most, mostFromOneAddress);
    private long _refused;

    /// <summary>Connections that found no place, for metrics.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    public void Listen(KestrelServerOptions kestrel, IPEndPoint address) =>
        kestrel.Listen(
            address,
            listen =>
            {
                listen.Use(Admit);
                if (tls is not null)
                {
                    listen.UseHttps(tls);
                }
            }
        );

    private ConnectionDelegate Admit(ConnectionDelegate next) =>
        async connection =>
        {
            IPAddress address = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
            if (IPAddress.IsLoopback(address))
            {
                // A proxy or the machine's own programs: all connections together still have their bound.
                await next(connection);
            }
            else if (_gate.TryEnter(address))
            {
                try
                {
                    await next(connection);
                }
                finally
                {
                    _gate.Leave(address);
                }
            }
            else
            {
                Interlocked.Increment(ref _refused);
                connection.Abort();
            }
        };
}
