using System.Security.Cryptography.X509Certificates;
using Rig.Cluster.Etcd;
using Rig.Lighthouse.Authority;
using Rig.Lighthouse.Setup;

namespace Rig.Lighthouse.Etcd;

/// <summary>Clients of the rig's etcd with this lighthouse's certificate.</summary>
internal sealed class EtcdAccess : IDisposable
{
    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2 _ca;

    private EtcdAccess(X509Certificate2 ca, X509Certificate2 certificate, EtcdClient client) =>
        (_ca, _certificate, Client) = (ca, certificate, client);

    public EtcdClient Client { get; }

    // Nobody waits here for milliseconds, and a Raspberry Pi that has just started takes seconds for its first handshake: hence the limits.

    /// <summary>A client that asks the own member first, and the others when it does not answer; a member that only learns is asked last.</summary>
    public static EtcdAccess Open(DataFolder folder, LighthouseFile facts, TimeProvider time)
    {
        X509Certificate2 certificate = LighthouseCertificate.Load(folder);
        X509Certificate2 ca = X509Certificate2.CreateFromPem(File.ReadAllText(folder.CaCertificate));
        EtcdOptions options = new()
        {
            Endpoints =
            [
                .. (facts.Votes ? facts.Others.Prepend(facts.ClientUrl) : facts.Others.Append(facts.ClientUrl)).Select(one => new Uri(one)),
            ],
            Tls = new EtcdTls([ca], certificate),
            ConnectLimit = TimeSpan.FromSeconds(5),
            AttemptLimit = TimeSpan.FromSeconds(5),
            CallLimit = TimeSpan.FromSeconds(15),
        };
        return new EtcdAccess(ca, certificate, new EtcdClient(options, time));
    }

    public void Dispose()
    {
        Client.Dispose();
        _certificate.Dispose();
        _ca.Dispose();
    }
}
