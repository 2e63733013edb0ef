using System.Security.Cryptography;
using System.Text;

namespace Rig.Media.Rtsp;

/// <summary>
/// A client's answer to a digest challenge (RFC 2617 3.2.2, as RTSP players of the field send it; MD5, with or without <c>qop=auth</c>). Whoever knows the user's
/// secret asks <see cref="Matches"/>; that the nonce is the server's own has been checked before.
/// </summary>
public sealed record DigestAnswer
{
    private const int MostParameters = 16;

    private readonly string _method;
    private readonly Dictionary<string, string> _parameters;

    private DigestAnswer(string method, Dictionary<string, string> parameters) => (_method, _parameters) = (method, parameters);

    public string User => Of("username");

    public string Realm => Of("realm");

    public string Nonce => Of("nonce");

    /// <summary>What the secret is to be hashed as: <c>MD5(user:realm:password)</c> in lower-case hexadecimal (3.2.2.2).</summary>
    public static string Secret(string user, string realm, string password) => Hash($"{user}:{realm}:{password}");

    /// <summary>Reads an <c>Authorization</c> header; null when it is no digest answer that can be read.</summary>
    public static DigestAnswer? Read(string? header, string method)
    {
        const string Scheme = "Digest ";
        if (header is null || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        Dictionary<string, string> parameters = new(StringComparer.OrdinalIgnoreCase);
        ReadOnlySpan<char> rest = header.AsSpan(Scheme.Length);
        while (!(rest = rest.TrimStart(", ")).IsEmpty)
        {
            if (parameters.Count == MostParameters || !TryReadParameter(ref rest, parameters))
            {
                return null;
            }
        }

        bool isMd5 =
            !parameters.TryGetValue("algorithm", out string? algorithm) || algorithm.Equals("MD5", StringComparison.OrdinalIgnoreCase);
        string[] needed = ["username", "realm", "nonce", "uri", "response"];
        return isMd5 && needed.All(parameters.ContainsKey) ? new DigestAnswer(method, parameters) : null;
    }

    /// <summary>Whether the client knows the secret. Takes the same time whatever differs.</summary>
    /// <param name="secret">As <see cref="Secret"/> makes it.</param>
    public bool Matches(string secret)
    {
        string request = Hash($"{_method}:{Of("uri")}");
        string middle = _parameters.ContainsKey("qop") ? $"{Nonce}:{Of("nc")}:{Of("cnonce")}:{Of("qop")}" : Nonce;
        byte[] expected = Encoding.ASCII.GetBytes(Hash($"{secret}:{middle}:{request}"));
        byte[] given = Encoding.UTF8.GetBytes(Of("response").ToLowerInvariant());
        return CryptographicOperations.FixedTimeEquals(expected, given);
    }

    private string Of(string name) => _parameters.GetValueOrDefault(name, "");

    private static bool TryReadParameter(ref ReadOnlySpan<char> rest, Dictionary<string, string> parameters)
    {
        int equals = rest.IndexOf('=');
        if (equals <= 0)
        {
            return false;
        }

        string name = rest[..equals].Trim().ToString();
        rest = rest[(equals + 1)..];
        bool quoted = !rest.IsEmpty && rest[0] == '"';
        rest = quoted ? rest[1..] : rest;
        int end = rest.IndexOf(quoted ? '"' : ',');
        if (end < 0 && quoted)
        {
            return false;
        }

        end = end < 0 ? rest.Length : end;
        parameters[name] = rest[..end].Trim().ToString();
        rest = rest[Math.Min(rest.Length, end + (quoted ? 1 : 0))..];
        return true;
    }

    private static string Hash(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
}
