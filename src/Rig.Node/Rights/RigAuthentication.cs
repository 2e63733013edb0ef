using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Rig.Contracts.Access;
using Rig.Node.Hosting;

namespace Rig.Node.Rights;

/// <summary>
/// Reads who sends a request: a token in <c>Authorization</c> (Bearer, or Basic with the token as password), or the cookie of a login. A cookie that has ended is nobody's; a wrong
/// token is counted against its sender.
/// </summary>
internal sealed class RigAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    AccessControl access,
    LoginThrottle throttle,
    SessionCookie cookie
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "rig";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    private AuthenticateResult Authenticate()
    {
        if (Context.Features.Get<RelayedRequest>() is { } relayed)
        {
            return Known(new Caller($"node:{relayed.Node}", relayed.Node, relayed.Role, CallerKind.Local));
        }

        if (access.IsOpen)
        {
            return Known(Caller.Anybody);
        }

        if (Request.Headers.Authorization.FirstOrDefault() is { } header)
        {
            if (access.ByToken(Token(header)) is { } caller)
            {
                return Known(caller);
            }

            throttle.Failed(LoginThrottle.OfAddress(Context));
            Context.Features.Set(WrongCredential.Instance);
            return AuthenticateResult.Fail("The credential does not hold.");
        }

        return access.BySession(cookie.Read(Request)) is { } signedIn ? Known(signedIn) : AuthenticateResult.NoResult();
    }

    /// <summary>RFC 6750 section 2.1, RFC 7617 section 2. Null for anything else.</summary>
    internal static string? Token(string header)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out AuthenticationHeaderValue? value) || value.Parameter is not { } text)
        {
            return null;
        }

        if (string.Equals(value.Scheme, "Bearer", StringComparison.OrdinalIgnoreCase))
        {
            return text;
        }

        Span<byte> bytes = stackalloc byte[512];
        if (
            !string.Equals(value.Scheme, "Basic", StringComparison.OrdinalIgnoreCase)
            || !Convert.TryFromBase64String(text, bytes, out int length)
        )
        {
            return null;
        }

        string pair = Encoding.UTF8.GetString(bytes[..length]);
        return pair.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0 ? pair[(colon + 1)..] : null;
    }

    private static AuthenticateResult Known(Caller caller) =>
        AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new CallerIdentity(caller)), Scheme));
}
