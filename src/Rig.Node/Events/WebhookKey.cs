using System.Security.Cryptography;
using System.Text;
using Rig.Cluster.Joining;

namespace Rig.Node.Events;

/// <summary>The key that signs webhooks: <c>whsec_</c> and Base64, as Standard Webhooks writes it.</summary>
internal sealed class WebhookKey
{
    private const string Prefix = "whsec_";

    /// <summary>Standard Webhooks asks for 24 to 64 bytes.</summary>
    private const int Length = 32;

    private readonly byte[] _key;

    private WebhookKey(byte[] key) => _key = key;

    /// <summary>Reads the key, or makes one.</summary>
    /// <exception cref="IOException">The file holds no key, or cannot be written.</exception>
    public static WebhookKey Open(string file)
    {
        if (!File.Exists(file))
        {
            PrivateFile.Write(file, Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(Length)), secret: true);
        }

        return Parse(File.ReadAllText(file).Trim())
            ?? throw new IOException($"{file} holds no webhook key: whsec_ and Base64 of 24 to 64 bytes.");
    }

    /// <summary>Null for what is none.</summary>
    internal static WebhookKey? Parse(string text)
    {
        Span<byte> bytes = stackalloc byte[64];
        return
            text.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(text[Prefix.Length..], bytes, out int length)
            && length >= 24
            ? new WebhookKey(bytes[..length].ToArray())
            : null;
    }

    /// <summary>The header <c>webhook-signature</c>.</summary>
    public string Sign(string id, long unixSeconds, string body) =>
        $"v1,{Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{id}.{unixSeconds}.{body}")))}";
}
