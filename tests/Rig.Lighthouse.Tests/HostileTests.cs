using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Rig.Cluster.Joining;
using Rig.Contracts.Problems;
using Rig.Lighthouse.Setup;
using Rig.Lighthouse.Tests.Support;

namespace Rig.Lighthouse.Tests;

public sealed class HostileTests(OneLighthouse one) : IClassFixture<OneLighthouse>
{
    private RunningLighthouse Lighthouse => one.Lighthouse;

    public static TheoryData<string> Garbage =>
        [
            "",
            "null",
            "[]",
            "{",
            "\"x\"",
            "{\"secret\":1}",
            "{\"secret\":null,\"nodeId\":\"a\",\"csr\":\"b\"}",
            new string('[', 5000),
            "\0\u0001\u0002",
        ];

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Garbage_is_answered_with_a_problem_and_counted(string body)
    {
        long before = Lighthouse.Refused(JoinProblems.BadRequest);
        (HttpStatusCode status, Problem problem) = await PostAsync("/v1/join", body);
        Assert.Equal((HttpStatusCode.BadRequest, JoinProblems.BadRequest), (status, problem.Code));
        Assert.NotNull(problem.Remedy);
        Assert.Equal(before + 1, Lighthouse.Refused(JoinProblems.BadRequest));
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_not_read()
    {
        (HttpStatusCode status, Problem problem) = await PostAsync("/v1/join", $"\"{new string('x', 100_000)}\"");
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, JoinProblems.BadRequest), (status, problem.Code));
    }

    [Fact]
    public async Task A_forged_certificate_request_is_refused_and_the_token_still_good()
    {
        JoinToken token = await Lighthouse.TokenAsync();
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using RSA rsa = RSA.Create(2048);
        string honest = RigCertificates.CreateRequest("FORGED", key);
        string[] forged =
        [
            Forge(honest),
            "not a request",
            honest[..^60],
            new string('A', 20_000)[..10_000],
            new CertificateRequest("CN=FORGED", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequestPem(),
        ];
        foreach (string csr in forged)
        {
            JoinRequest request = new()
            {
                Secret = Convert.ToHexString(token.Secret.Span),
                NodeId = "FORGED",
                Csr = csr,
                Roles = ["camera"],
            };
            (HttpStatusCode status, Problem problem) = await PostAsync(
                "/v1/join",
                System.Text.Json.JsonSerializer.Serialize(request, JoinJson.Default.JoinRequest)
            );
            Assert.Equal((HttpStatusCode.BadRequest, JoinProblems.BadCsr), (status, problem.Code));
        }

        await Lighthouse.JoinAsync(token, "FORGED", one.Folder("forged"));
    }

    [Fact]
    public async Task Tokens_are_not_taken_in_the_clear()
    {
        using HttpClient http = new();
        using HttpResponseMessage response = await http.PostAsync(new Uri(Lighthouse.Discovery, "/v1/join"), new StringContent("{}"));
        Problem? problem = await response.Content.ReadFromJsonAsync(JoinJson.Default.Problem);
        Assert.Equal((HttpStatusCode.MisdirectedRequest, JoinProblems.NeedsTls), (response.StatusCode, problem!.Code));
    }

    [Fact]
    public async Task What_is_not_here_is_a_problem_too()
    {
        using HttpResponseMessage response = await Lighthouse.GetAsync("/../../etc/passwd");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")]
    [InlineData("\u0016\u0003\u0001\u0002")]
    public async Task A_client_that_never_ends_its_request_is_hung_up_on(string beginning)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, Lighthouse.Discovery.Port);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(beginning));
        byte[] rest = new byte[4096];
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        while (await client.GetStream().ReadAsync(rest, limit.Token) > 0)
        {
            // Until the lighthouse closes.
        }
    }

    [Fact]
    public async Task One_address_joins_so_often_and_no_more()
    {
        using TemporaryFolder folder = new();
        LighthouseOptions options = RunningLighthouse.Options(folder["limited"]) with { JoinsAMinute = 3 };
        await using RunningLighthouse limited = await RunningLighthouse.StartAsync(options);
        JoinToken wrong = JoinToken.Create(JoinRole.Camera, (await limited.TokenAsync()).Fingerprint.Span);
        List<string> codes = [];
        for (int attempt = 0; attempt < 5; attempt++)
        {
            codes.Add((await Assert.ThrowsAsync<JoinException>(() => limited.JoinAsync(wrong, "A", folder["a"]))).Code);
        }

        Assert.Equal(JoinProblems.TokenWrong, codes[0]);
        Assert.Contains(JoinProblems.TooMany, codes);
    }

    /// <summary>Another name under the same signature.</summary>
    private static string Forge(string pem)
    {
        PemFields fields = PemEncoding.Find(pem);
        byte[] der = Convert.FromBase64String(pem[fields.Base64Data]);
        int name = der.AsSpan().IndexOf("FORGED"u8);
        der[name] = (byte)'X';
        return PemEncoding.WriteString("CERTIFICATE REQUEST", der);
    }

    private async Task<(HttpStatusCode Status, Problem Problem)> PostAsync(string path, string body)
    {
        using X509Certificate2 ca = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(Lighthouse.CaFile));
        using SocketsHttpHandler handler = new()
        {
            SslOptions =
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { ca },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
        using HttpClient http = new(handler);
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await http.PostAsync(new Uri(Lighthouse.JoinDoor, path), content);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync(JoinJson.Default.Problem))!);
    }
}
