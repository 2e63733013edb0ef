using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Rig.Cluster.Joining;

/// <summary>
/// A ticket into a rig, as printed once by <c>rig lighthouse token</c>: <c>rig1_</c> and, in base64url, version, role, the SHA-256 of the rig's CA
/// certificate (so that a client knows whom to trust before it sends anything), a secret, and a check sum against typing mistakes.
/// </summary>
public sealed record JoinToken
{
    public const int SecretSize = 20;

    private const string Prefix = "rig1_";
    private const byte Version = 1;
    private const int CheckSize = 2;
    private const int Size = 2 + SHA256.HashSizeInBytes + SecretSize + CheckSize;

    private JoinToken(JoinRole role, byte[] fingerprint, byte[] secret) => (Role, Fingerprint, Secret) = (role, fingerprint, secret);

    public JoinRole Role { get; }

    /// <summary>SHA-256 of the CA certificate's DER.</summary>
    public ReadOnlyMemory<byte> Fingerprint { get; }

    /// <summary>160 random bits: cannot be guessed, so one fast hash at rest is enough.</summary>
    public ReadOnlyMemory<byte> Secret { get; }

    /// <summary>Makes a new one.</summary>
    public static JoinToken Create(JoinRole role, ReadOnlySpan<byte> caFingerprint)
    {
        if (caFingerprint.Length != SHA256.HashSizeInBytes)
        {
            throw new ArgumentException("A SHA-256 has 32 bytes.", nameof(caFingerprint));
        }

        return new JoinToken(role, caFingerprint.ToArray(), RandomNumberGenerator.GetBytes(SecretSize));
    }

    /// <summary>Reads what was printed; false for anything else, mistyped ones too.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out JoinToken? token)
    {
        token = null;
        byte[] bytes = new byte[Size];
        if (
            text?.Trim() is not { } trimmed
            || !trimmed.StartsWith(Prefix, StringComparison.Ordinal)
            || trimmed.Length != Prefix.Length + Base64Url.GetEncodedLength(Size)
            || Base64Url.DecodeFromChars(trimmed.AsSpan(Prefix.Length), bytes, out _, out int written) != OperationStatus.Done
            || written != Size
            || bytes[0] != Version
            || !Enum.IsDefined((JoinRole)bytes[1])
            || !Check(bytes.AsSpan(0, Size - CheckSize)).SequenceEqual(bytes.AsSpan(Size - CheckSize))
        )
        {
            return false;
        }

        token = new JoinToken((JoinRole)bytes[1], bytes[2..34], bytes[34..(34 + SecretSize)]);
        return true;
    }

    /// <summary>What the shared state keeps instead of the secret: SHA-256, hexadecimal.</summary>
    public static string HashOf(ReadOnlySpan<byte> secret) => Convert.ToHexStringLower(SHA256.HashData(secret));

    /// <summary>The whole token, to be shown once.</summary>
    public override string ToString()
    {
        byte[] bytes = [Version, (byte)Role, .. Fingerprint.Span, .. Secret.Span];
        return Prefix + Base64Url.EncodeToString([.. bytes, .. Check(bytes)]);
    }

    private static ReadOnlySpan<byte> Check(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes).AsSpan(0, CheckSize);
}

/// <summary>What a token lets in.</summary>
public enum JoinRole : byte
{
    /// <summary>A node with cameras.</summary>
    Camera = 1,

    /// <summary>Another lighthouse: it gets the key of the rig's CA.</summary>
    Lighthouse = 2,
}
