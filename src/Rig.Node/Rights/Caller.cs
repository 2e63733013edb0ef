using System.Security.Claims;
using Rig.Contracts.Access;

namespace Rig.Node.Rights;

/// <summary>Who sends a request, as proven by a credential.</summary>
/// <param name="Id">Of the credential: what ends when that is taken away.</param>
/// <param name="Name">In people's words: a user, or what the token was made for.</param>
/// <param name="Expires">Null when the credential does not end by itself.</param>
public sealed record Caller(string Id, string Name, Role Role, CallerKind Kind, DateTimeOffset? Expires = null)
{
    /// <summary>Everybody, where rights are switched off.</summary>
    public static Caller Anybody { get; } = new("open", "anybody", Role.Admin, CallerKind.Open);

    public bool May(Role role) => Role >= role;
}

/// <summary>A caller in ASP.NET Core's words: it has the claim of its role and of each below.</summary>
internal sealed class CallerIdentity(Caller caller) : ClaimsIdentity(Of(caller), RigAuthentication.Scheme, ClaimTypes.Name, ClaimTypes.Role)
{
    public Caller Caller { get; } = caller;

    private static IEnumerable<Claim> Of(Caller caller) =>
        [
            new Claim(ClaimTypes.Name, caller.Name),
            .. Enum.GetValues<Role>().Where(caller.May).Select(role => new Claim(ClaimTypes.Role, Policies.Name(role))),
        ];
}

/// <summary>The caller of a request.</summary>
public static class CallerExtensions
{
    /// <summary>Null when nobody is known.</summary>
    public static Caller? Caller(this HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return (http.User.Identity as CallerIdentity)?.Caller;
    }
}
