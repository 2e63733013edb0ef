using System.Security.Cryptography.X509Certificates;
using Rig.Cluster.Joining;
using Rig.Lighthouse.Setup;

namespace Rig.Lighthouse.Authority;

/// <summary>The certificate that this lighthouse shows, made anew at its start and again before it ends.</summary>
internal sealed class OwnCertificate(
    CertificateAuthority ca,
    DataFolder folder,
    string name,
    IReadOnlyList<string> addresses,
    TimeProvider time
) : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(12);
    private X509Certificate2 _current = LighthouseCertificate.Write(ca, folder, name, addresses);

    public X509Certificate2 Current() => _current;

    /// <summary>Looks twice a day until cancelled. The one before is left to the collector: a handshake may still use it.</summary>
    public async Task KeepAsync(CancellationToken cancel)
    {
        using PeriodicTimer timer = new(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                if (RigCertificates.IsDue(_current, time.GetUtcNow()))
                {
                    _current = LighthouseCertificate.Write(ca, folder, name, addresses);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The lighthouse ends.
        }
    }

    public void Dispose() => _current.Dispose();
}
