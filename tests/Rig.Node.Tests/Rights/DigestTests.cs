using System.Security.Cryptography;
using System.Text;
using Rig.Node.Rights;

namespace Rig.Node.Tests.Rights;

/// <summary>Against the example of RFC 7616 section 3.9.1.</summary>
public sealed class DigestTests
{
    private const string Secret = "Mufasa:http-auth@example.org:Circle of Life";

    private static readonly DigestResponse Answer = new(
        "Mufasa",
        "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "GET",
        "/dir/index.html",
        "",
        Qop: "auth",
        NonceCount: "00000001",
        ClientNonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    );

    [Theory]
    [InlineData(DigestAlgorithm.Md5, "8ca523f5e9506fed4657c9700eebdbec")]
    [InlineData(DigestAlgorithm.Sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1")]
    public void The_example_of_the_RFC_is_accepted(DigestAlgorithm algorithm, string response)
    {
        string ha1 =
            algorithm == DigestAlgorithm.Md5 ? Md5(Secret) : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Secret)));
        DigestResponse answer = Answer with { Algorithm = algorithm, Response = response };
        Assert.True(DigestCredentials.Matches(ha1, answer));
        Assert.False(DigestCredentials.Matches(ha1, answer with { NonceCount = "00000002" }));
        Assert.False(DigestCredentials.Matches(ha1, answer with { Qop = "auth-int" }));
        Assert.False(DigestCredentials.Matches(ha1, answer with { Response = "" }));
        Assert.False(DigestCredentials.Matches(Md5("other"), answer));
    }

    internal static string Md5(string text) =>
        Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.MD5, Encoding.UTF8.GetBytes(text)));
}
