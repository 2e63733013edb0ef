// HTTPS to a node whose certificate is the rig's own.
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rig.Cli.Client;

/// <summary>The HTTP connection of a client.</summary>
internal static class NodeTrust
{
    /// <param name="authority">PEM file of a certificate authority that counts beside the machine's; null for those alone.</param>
    /// <exception cref="CliException">The file cannot be used.</exception>
    public static SocketsHttpHandler Handler(string? authority)
    {
        var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false };
        if (authority is not null)
        {
            var roots = Read(authority);
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                errors == SslPolicyErrors.None || (errors == SslPolicyErrors.RemoteCertificateChainErrors && IsSigned(certificate, roots));
        }

        return handler;
    }

    private static bool IsSigned(X509Certificate? certificate, X509Certificate2Collection roots)
    {
        if (certificate is not X509Certificate2 shown)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(shown);
    }

    private static X509Certificate2Collection Read(string file)
    {
        try
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPemFile(file);
            return roots;
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new CliException(
                ExitCode.Usage,
                $"{file} holds no certificate authority: {error.Message}",
                "RIG_CA names it: the rig's ca.crt."
            );
        }
    }
}
