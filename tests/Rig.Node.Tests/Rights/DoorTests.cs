using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Rig.Contracts.Json;
using Rig.Contracts.Problems;
using Rig.Node.Configuration;
using Rig.Node.Hosting;
using Rig.Node.Tests.Configuration;

namespace Rig.Node.Tests.Rights;

/// <summary>What is refused before anybody's right counts, and HTTPS.</summary>
[Collection(RightsNode.Name)]
public sealed class DoorTests(RightsNode node)
{
    [Theory]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("guarded", true)]
    [InlineData("guarded.local", true)]
    [InlineData("app.localhost", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("[fe80::1]", true)]
    public async Task Only_hosts_that_the_node_goes_by_are_answered(string host, bool known)
    {
        using HttpClient client = node.Admin();
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/status");
        request.Headers.Host = $"{host}:{node.Address.Port}";
        using HttpResponseMessage answer = await client.SendAsync(request);
        Assert.Equal(known ? HttpStatusCode.OK : HttpStatusCode.MisdirectedRequest, answer.StatusCode);
        if (!known)
        {
            Problem problem = JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), RigJson.Default.Problem)!;
            Assert.Equal(ProblemCodes.UnknownHost, problem.Code);
        }
    }

    [Theory]
    [InlineData("http://evil.example", 403)]
    [InlineData("null", 403)]
    [InlineData("", 101)]
    public async Task A_page_of_another_site_opens_no_socket(string origin, int status)
    {
        using ClientWebSocket socket = new();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Authorization", $"Bearer {RightsNode.AdminToken}");
        if (origin.Length > 0)
        {
            socket.Options.SetRequestHeader("Origin", origin);
        }

        Uri address = new(node.Address.ToString().Replace("http", "ws", StringComparison.Ordinal) + "rpc");
        if (status == 101)
        {
            await socket.ConnectAsync(address, CancellationToken.None);
        }
        else
        {
            await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(address, CancellationToken.None));
        }

        Assert.Equal(status, (int)socket.HttpStatusCode);
    }

    [Fact]
    public async Task Guessing_is_slowed_and_a_right_token_is_not()
    {
        using TemporaryFolder folder = new();
        await using WebApplication guessed = RightsNode.Build(folder.Root);
        await guessed.StartAsync();
        using HttpClient client = new() { BaseAddress = new Uri(guessed.Urls.First()) };
        List<HttpStatusCode> answers = [];
        for (int attempt = 0; attempt < 6; attempt++)
        {
            using HttpResponseMessage answer = await RightsNode.PostAsync(
                client,
                "/api/v1/login",
                """{ "user": "kim", "password": "guess" }"""
            );
            answers.Add(answer.StatusCode);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 30);
            }
        }

        Assert.Equal(HttpStatusCode.Unauthorized, answers[0]);
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1]);
        using HttpRequestMessage wrong = new(HttpMethod.Get, "/api/v1/status");
        wrong.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "rig_guess_guess");
        using HttpResponseMessage refused = await client.SendAsync(wrong);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", RightsNode.AdminToken);
        using HttpResponseMessage right = await client.GetAsync("/api/v1/status");
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        await guessed.StopAsync();
    }

    [Fact]
    public async Task More_streams_than_there_are_places_are_refused_and_a_place_comes_back()
    {
        using TemporaryFolder folder = new();
        await using WebApplication full = RightsNode.Build(folder.Root, "http { viewers = 1, viewersPerClient = 1 }");
        await full.StartAsync();
        using HttpClient client = new() { BaseAddress = new Uri(full.Urls.First()) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", RightsNode.AdminToken);
        using (HttpResponseMessage first = await client.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
            using HttpResponseMessage second = await client.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        }

        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        HttpStatusCode status;
        do
        {
            await timer.WaitForNextTickAsync(limit.Token);
            using HttpResponseMessage again = await client.GetAsync(
                "/api/v1/events",
                HttpCompletionOption.ResponseHeadersRead,
                limit.Token
            );
            status = again.StatusCode;
        } while (status != HttpStatusCode.OK);
        await full.StopAsync(limit.Token);
    }

    [Fact]
    public async Task An_own_certificate_makes_it_HTTPS_and_a_renewed_one_is_taken()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Root, "own.crt");
        string key = Path.Combine(folder.Root, "own.key");
        Write("first.example", file, key);
        await using WebApplication secure = RightsNode.Build(folder.Root, $$"""http.tls { certificate = "{{file}}", key = "{{key}}" }""");
        await secure.StartAsync();
        Uri address = new(secure.Urls.First());
        Assert.Equal("https", address.Scheme);
        Assert.Equal("CN=first.example", await SubjectAsync(address));
        await secure.StopAsync();

        Clock clock = new();
        CertificateFile certificate = new(file, key, clock);
        Assert.Equal("CN=first.example", certificate.Current.Subject);
        Write("second.example", file, key);
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        Assert.Equal("CN=first.example", certificate.Current.Subject);
        clock.Now += TimeSpan.FromSeconds(11);
        Assert.Equal("CN=second.example", certificate.Current.Subject);
        File.WriteAllText(file, "no certificate");
        clock.Now += TimeSpan.FromSeconds(11);
        Assert.Equal("CN=second.example", certificate.Current.Subject);
        Assert.Throws<IOException>(() => new CertificateFile(file, key, clock));
    }

    [Theory]
    [InlineData(TlsMode.Auto, "", "127.0.0.1", true, false)]
    [InlineData(TlsMode.Auto, "", "0.0.0.0", true, true)]
    [InlineData(TlsMode.Auto, "", "0.0.0.0", false, false)]
    [InlineData(TlsMode.Auto, "a.crt", "127.0.0.1", false, true)]
    [InlineData(TlsMode.Off, "a.crt", "0.0.0.0", true, false)]
    [InlineData(TlsMode.Rig, "", "127.0.0.1", true, true)]
    public void HTTPS_is_on_where_a_certificate_serves_somebody(TlsMode mode, string certificate, string address, bool joined, bool on) =>
        Assert.Equal(
            on,
            PublicTls.IsOn(
                new HttpOptions
                {
                    Addresses = [address],
                    Tls = new TlsOptions { Mode = mode, Certificate = certificate },
                },
                joined
            )
        );

    [Theory]
    [InlineData("access.mode = open\nhttp.addresses = [\"0.0.0.0\"]", "access.mode")]
    [InlineData("access.adminTokens = [\"rig_plain_token\"]", "access.adminTokens")]
    [InlineData("http.tls.mode = own", "http.tls.certificate")]
    [InlineData("http.tls.certificate = a.crt", "http.tls.key")]
    [InlineData("http.hosts = [\"a b\"]", "http.hosts")]
    [InlineData("webhooks.urls = [\"ftp://example.org\"]", "webhooks.urls")]
    public void What_would_open_the_node_or_cannot_work_stops_the_start(string settings, string key)
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Root, "node.conf");
        File.WriteAllText(file, settings);
        Assert.Equal(key, Assert.Single(ConfigurationStore.Check(Setup.Of(file))).Key);
    }

    private static void Write(string name, string file, string key)
    {
        using ECDsa pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", pair, HashAlgorithmName.SHA256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(file, certificate.ExportCertificatePem());
        File.WriteAllText(key, pair.ExportPkcs8PrivateKeyPem());
    }

    private static async Task<string> SubjectAsync(Uri address)
    {
        using System.Net.Sockets.TcpClient tcp = new();
        await tcp.ConnectAsync(address.Host, address.Port);
        await using SslStream tls = new(tcp.GetStream(), leaveInnerStreamOpen: false, (_, shown, _, _) => shown is not null);
        await tls.AuthenticateAsClientAsync(address.Host);
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"GET /healthz HTTP/1.1\r\nHost: {address.Host}\r\nConnection: close\r\n\r\n"));
        using StreamReader reader = new(tls);
        Assert.Equal("HTTP/1.1 200 OK", await reader.ReadLineAsync());
        return tls.RemoteCertificate!.Subject;
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
