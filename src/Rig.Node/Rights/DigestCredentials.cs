using System.Security.Cryptography;
using System.Text;

namespace Rig.Node.Rights;

/// <summary>The hash that a client answers a digest challenge with.</summary>
public enum DigestAlgorithm
{
    /// <summary>RFC 2617, and all that RTSP 1.0 clients know.</summary>
    Md5,

    /// <summary>RFC 7616 section 3.3.</summary>
    Sha256,
}

/// <summary>A client's answer to a digest challenge, its fields as they came, unquoted.</summary>
/// <param name="Method">Of the request: <c>DESCRIBE</c>.</param>
/// <param name="Uri">As in the header; the server compares it with the request's.</param>
/// <param name="Response">Hex.</param>
/// <param name="Qop">Null as in RFC 2069, else <c>auth</c>.</param>
public sealed record DigestResponse(
    string UserName,
    string Nonce,
    string Method,
    string Uri,
    string Response,
    DigestAlgorithm Algorithm = DigestAlgorithm.Md5,
    string? Qop = null,
    string? NonceCount = null,
    string? ClientNonce = null
);

/// <summary>
/// HA1 = H(user:realm:password), RFC 7616 section 3.4.2, with a token's id as user and the token as password. Whoever knows it can answer challenges of this realm: it opens
/// RTSP and nothing else, and leads back to no secret, because 160 bits of that are random. People's passwords would not have that quality and therefore do not open RTSP.
/// </summary>
internal static class DigestCredentials
{
    public const string Realm = "RecorderRig";

    public static string Ha1(DigestAlgorithm algorithm, string user, string password) => Hash(algorithm, $"{user}:{Realm}:{password}");

    /// <summary>RFC 7616 section 3.4.1, and RFC 2069 for clients that name no qop.</summary>
    public static bool Matches(string ha1, DigestResponse answer)
    {
        string ha2 = Hash(answer.Algorithm, $"{answer.Method}:{answer.Uri}");
        string expected = answer.Qop switch
        {
            null => Hash(answer.Algorithm, $"{ha1}:{answer.Nonce}:{ha2}"),
            "auth" => Hash(answer.Algorithm, $"{ha1}:{answer.Nonce}:{answer.NonceCount}:{answer.ClientNonce}:{answer.Qop}:{ha2}"),
            _ => "",
        };
        return CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(expected),
            Encoding.ASCII.GetBytes(answer.Response.ToLowerInvariant())
        );
    }

    /// <summary>The standard's algorithm is MD5 where RTSP 1.0 is spoken; see the type's words on what depends on it.</summary>
    private static string Hash(DigestAlgorithm algorithm, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return algorithm == DigestAlgorithm.Md5
            ? Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.MD5, bytes))
            : Convert.ToHexStringLower(SHA256.HashData(bytes));
    }
}
