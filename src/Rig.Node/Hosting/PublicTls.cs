using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Rig.Cluster.Joining;
using Rig.Node.Configuration;

namespace Rig.Node.Hosting;

/// <summary>The certificate that people and programs see: an own one from files, the rig's, or none.</summary>
internal static class PublicTls
{
    /// <summary>A slow phone on a weak Wi-Fi needs some seconds.</summary>
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);

    /// <param name="joined">The node has a certificate of a rig.</param>
    public static bool IsOn(HttpOptions http, bool joined) =>
        http.Tls.Mode switch
        {
            TlsMode.Off => false,
            TlsMode.Own or TlsMode.Rig => true,
            _ => http.Tls.Certificate.Length > 0 || (joined && !http.IsLocal()),
        };

    /// <summary>How the server shows it; null for plain HTTP.</summary>
    /// <exception cref="IOException">The certificate cannot be used; says why.</exception>
    public static Action<HttpsConnectionAdapterOptions>? Choose(HttpOptions http, NodeIdentity? identity, TimeProvider time)
    {
        if (!IsOn(http, identity is not null))
        {
            return null;
        }

        bool own = http.Tls.Certificate.Length > 0 && http.Tls.Mode is TlsMode.Auto or TlsMode.Own;
        Func<X509Certificate2> certificate = own ? Own(http.Tls, time) : Rig(identity);
        return https =>
        {
            https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
            https.HandshakeTimeout = HandshakeLimit;
            https.ServerCertificateSelector = (_, _) => certificate();
        };
    }

    private static Func<X509Certificate2> Own(TlsOptions tls, TimeProvider time)
    {
        CertificateFile file = new(Path.GetFullPath(tls.Certificate), Path.GetFullPath(tls.Key), time);
        return () => file.Current;
    }

    private static Func<X509Certificate2> Rig(NodeIdentity? identity)
    {
        X509Certificate2 certificate =
            identity?.Certificate
            ?? throw new IOException(
                "http.tls.mode is rig, and the node has joined none. Join one, name an own certificate, or set it to off."
            );
        return () => certificate;
    }
}

/// <summary>A certificate in files, read again when they change: whoever renews it need not start the node again. Any thread.</summary>
internal sealed class CertificateFile
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    private readonly string _certificate;
    private readonly string _key;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private X509Certificate2 _current;
    private DateTime _written;
    private DateTimeOffset _looked;

    /// <exception cref="IOException">The files cannot be used.</exception>
    public CertificateFile(string certificate, string key, TimeProvider time)
    {
        (_certificate, _key, _time) = (certificate, key, time);
        (_written, _looked) = (File.GetLastWriteTimeUtc(certificate), time.GetUtcNow());
        try
        {
            _current = Read();
        }
        catch (Exception broken) when (broken is CryptographicException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException($"The certificate {certificate} with the key {key} cannot be used: {broken.Message}", broken);
        }
    }

    public X509Certificate2 Current
    {
        get
        {
            lock (_lock)
            {
                if (_time.GetUtcNow() - _looked >= LookAgain)
                {
                    _looked = _time.GetUtcNow();
                    Renew();
                }

                return _current;
            }
        }
    }

    /// <summary>A pair that is being replaced does not fit for an instant: the old one stays until it does.</summary>
    private void Renew()
    {
        DateTime written = File.GetLastWriteTimeUtc(_certificate);
        if (written == _written)
        {
            return;
        }

        try
        {
            _current = Read();
            _written = written;
        }
        catch (Exception notYet) when (notYet is CryptographicException or UnauthorizedAccessException or ArgumentException or IOException)
        {
            _looked = _time.GetUtcNow();
        }
    }

    private X509Certificate2 Read() => X509Certificate2.CreateFromPemFile(_certificate, _key);
}
