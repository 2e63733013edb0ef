using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rig.Contracts.Problems;

namespace Rig.Cluster.Joining;

/// <summary>
/// Speaks with one lighthouse. Discovery is plain http and believed only when its CA has the expected fingerprint; from there on TLS, where the other
/// side must be a lighthouse of that CA. Answers are bounded in size and time.
/// </summary>
public sealed class LighthouseClient : IDisposable
{
    /// <summary>The largest answer is the discovery of a rig with 200 nodes: about 30 kB.</summary>
    private const int LargestAnswer = 256 * 1024;

    /// <summary>A lighthouse that joins waits for a snapshot, and until etcd takes another member: up to a minute on a slow card.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly X509Certificate2 _ca;
    private readonly HttpClient _http;

    private LighthouseClient(RigDiscovery discovery, X509Certificate2 ca, X509Certificate2? client, TimeProvider time)
    {
        (Discovery, _ca) = (discovery, ca);
        PeerTrust trust = new([ca]);
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            SslOptions =
            {
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                RemoteCertificateValidationCallback = (_, shown, _, _) => IsLighthouse(trust, shown, time),
                LocalCertificateSelectionCallback = client is null ? null : (_, _, _, _, _) => client,
            },
        };
        _http = Bounded(handler);
    }

    public RigDiscovery Discovery { get; }

    /// <summary>Asks for the rig's facts and checks that it is the rig that is meant.</summary>
    /// <param name="address"><c>http://host:9110</c></param>
    /// <param name="fingerprint">SHA-256 of the rig's CA certificate.</param>
    /// <param name="client">Shown in TLS; null when there is none yet.</param>
    /// <exception cref="JoinException">No answer, no rig, or another rig.</exception>
    public static async Task<LighthouseClient> OpenAsync(
        Uri address,
        ReadOnlyMemory<byte> fingerprint,
        X509Certificate2? client,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        RigDiscovery discovery = await DiscoverAsync(address, cancel);
        X509Certificate2 ca;
        try
        {
            ca = X509Certificate2.CreateFromPem(discovery.Ca);
        }
        catch (CryptographicException error)
        {
            throw Unusable(address, error);
        }

        if (!CryptographicOperations.FixedTimeEquals(RigCertificates.Fingerprint(ca), fingerprint.Span))
        {
            ca.Dispose();
            throw new JoinException(
                JoinException.ForeignCa,
                $"{address} is the lighthouse of another rig ({discovery.RigId}) than the token is for, or somebody stands in between.",
                "Make the token on that lighthouse (rig lighthouse token), or name the lighthouse that the token was made on."
            );
        }

        return new LighthouseClient(discovery, ca, client, time);
    }

    /// <summary>The public facts, not checked against anything.</summary>
    /// <exception cref="JoinException">No answer, or none of a rig.</exception>
    public static async Task<RigDiscovery> DiscoverAsync(Uri address, CancellationToken cancel)
    {
        using HttpClient http = Bounded(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        try
        {
            Uri wellKnown = new(address, "/.well-known/rig");
            return await http.GetFromJsonAsync(wellKnown, JoinJson.Default.RigDiscovery, cancel) ?? throw Unusable(address, null);
        }
        catch (JsonException error)
        {
            throw Unusable(address, error);
        }
        catch (Exception error) when (IsUnreachable(error, cancel))
        {
            throw Unreachable(address, error);
        }
    }

    public Task<JoinAnswer> JoinAsync(JoinRequest request, CancellationToken cancel) =>
        PostAsync("/v1/join", request, JoinJson.Default.JoinRequest, cancel);

    public Task<JoinAnswer> RenewAsync(RenewRequest request, CancellationToken cancel) =>
        PostAsync("/v1/renew", request, JoinJson.Default.RenewRequest, cancel);

    public void Dispose()
    {
        _http.Dispose();
        _ca.Dispose();
    }

    private static HttpClient Bounded(SocketsHttpHandler handler) =>
        new(handler) { Timeout = Patience, MaxResponseContentBufferSize = LargestAnswer };

    private static bool IsLighthouse(PeerTrust trust, X509Certificate? shown, TimeProvider time) =>
        trust.Check(shown, PeerUse.Server, time.GetUtcNow()).NodeId == RigCertificates.LighthouseName;

    private static bool IsUnreachable(Exception error, CancellationToken cancel) =>
        error is HttpRequestException || (error is TaskCanceledException && !cancel.IsCancellationRequested);

    private static JoinException Unreachable(Uri address, Exception error) =>
        new(
            JoinException.Unreachable,
            $"The lighthouse at {address} does not answer: {error.Message}",
            "Check the address and that rig lighthouse runs there (rig lighthouse status).",
            error
        );

    private static JoinException Unusable(Uri address, Exception? error) =>
        new(
            JoinException.BadAnswer,
            $"What answers at {address} is no lighthouse of this version.",
            "Name the discovery address that rig lighthouse printed at its start, and bring both to the same version.",
            error
        );

    private async Task<JoinAnswer> PostAsync<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        Uri address = new(new Uri(Discovery.JoinAddress), path);
        try
        {
            using HttpResponseMessage response = await _http.PostAsJsonAsync(address, body, type, cancel);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw await RefusedAsync(address, response, cancel);
            }

            return await response.Content.ReadFromJsonAsync(JoinJson.Default.JoinAnswer, cancel) ?? throw Unusable(address, null);
        }
        catch (JsonException error)
        {
            throw Unusable(address, error);
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            throw new JoinException(
                JoinException.ForeignCa,
                $"{address} cannot prove that it is a lighthouse of rig {Discovery.RigId}.",
                "Check the clocks of both computers (date -u), and that the join address belongs to that lighthouse.",
                error
            );
        }
        catch (Exception error) when (IsUnreachable(error, cancel))
        {
            throw Unreachable(address, error);
        }
    }

    private static async Task<JoinException> RefusedAsync(Uri address, HttpResponseMessage response, CancellationToken cancel)
    {
        try
        {
            if (await response.Content.ReadFromJsonAsync(JoinJson.Default.Problem, cancel) is { } problem)
            {
                return new JoinException(problem.Code, problem.Detail ?? problem.Title, problem.Remedy ?? "");
            }
        }
        catch (JsonException)
        {
            // A server that is overloaded or no lighthouse answers with its status alone.
        }

        return new JoinException(
            JoinException.BadAnswer,
            $"{address} answers {(int)response.StatusCode} without a reason.",
            "Try again; when it stays so, look into the lighthouse's log and bring both to the same version."
        );
    }
}
