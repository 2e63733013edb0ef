using System.Security.Cryptography;
using System.Text;

namespace Rig.Node.Rights;

/// <summary>
/// Secrets that programs and browsers carry: <c>rig_ID_SECRET</c> with 160 random bits. Nobody guesses those, so that one fast hash of them is kept and no slow one.
/// </summary>
internal static class AccessToken
{
    public const string Prefix = "rig_";

    /// <summary>Longer texts are no token and are not hashed.</summary>
    private const int Longest = 128;

    private const int IdLength = 8;
    private const int SecretLength = 32;

    /// <summary>Crockford's alphabet in lower case: nothing that reads like something else. 32 signs, 5 bits each.</summary>
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    public static string NewId() => RandomNumberGenerator.GetString(Alphabet, IdLength);

    /// <summary>The token of this id.</summary>
    public static string New(string id) => $"{Prefix}{id}_{NewSecret()}";

    /// <summary>160 bits without a name, for cookies and links.</summary>
    public static string NewSecret() => RandomNumberGenerator.GetString(Alphabet, SecretLength);

    /// <summary>What is kept of a secret: SHA-256 in lower-case hex. Null for what cannot be one.</summary>
    public static string? HashOf(string? secret) =>
        secret is { Length: > 0 and <= Longest } ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret))) : null;
}
