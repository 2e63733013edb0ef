using Rig.Cluster;
using Rig.Contracts.Access;
using Rig.Contracts.Problems;
using Rig.Node.Control;
using Rig.Node.Http;

namespace Rig.Node.Rights;

/// <summary>Signing in and out; users, tokens and links.</summary>
public static class RightsRoutes
{
    private static readonly TimeSpan LinkHolds = TimeSpan.FromHours(1);
    private static readonly TimeSpan LinkHoldsAtMost = TimeSpan.FromDays(7);

    public static void MapRights(this IEndpointRouteBuilder routes)
    {
        MapLogin(routes);
        RouteGroupBuilder group = routes.MapGroup("/api/v1").WithTags("rights").Needs(Role.Admin);
        group.MapGet("/users", (RightsDesk desk) => desk.Users()).WithSummary("The rig's users.").Produces<IReadOnlyList<UserInfo>>();
        group
            .MapPost("/users", PutUser)
            .WithSummary("Makes a user, or gives one a new password and role, which ends the old logins.")
            .Produces<UserInfo>()
            .Refuses(StatusCodes.Status400BadRequest, StatusCodes.Status409Conflict, StatusCodes.Status503ServiceUnavailable);
        group
            .MapDelete("/users/{name}", RemoveUser)
            .WithSummary("Removes a user and ends his logins.")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status503ServiceUnavailable);
        group
            .MapGet("/tokens", (RightsDesk desk) => desk.Tokens())
            .WithSummary("The rig's tokens, without their secrets.")
            .Produces<IReadOnlyList<TokenInfo>>();
        group
            .MapPost("/tokens", MakeToken)
            .WithSummary("Makes a token for a program. The answer is the only place where it stands.")
            .Produces<TokenInfo>()
            .Refuses(StatusCodes.Status400BadRequest, StatusCodes.Status503ServiceUnavailable);
        group
            .MapDelete("/tokens/{id}", RevokeToken)
            .WithSummary("Revokes a token; what runs on it ends.")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(StatusCodes.Status404NotFound, StatusCodes.Status503ServiceUnavailable);
        group
            .MapPost("/links", MakeLink)
            .WithSummary("A link that signs one browser in, once.")
            .Produces<OneTimeLink>()
            .Refuses(StatusCodes.Status400BadRequest);
    }

    private static void MapLogin(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/v1").WithTags("rights");
        group.MapGet("/me", WhoAmI).AllowAnonymous().WithSummary("Who am I, and what may I do?").Produces<Me>();
        group
            .MapPost("/login", SignIn)
            .AllowAnonymous()
            .WithSummary("Signs a browser in by user and password, by a one-time link's code or by a token; sets the cookie.")
            .Produces<Me>()
            .Refuses(StatusCodes.Status401Unauthorized, StatusCodes.Status429TooManyRequests);
        group
            .MapPost("/logout", SignOut)
            .AllowAnonymous()
            .WithSummary("Ends the login on all nodes.")
            .Produces(StatusCodes.Status204NoContent);
        group
            .MapPost("/me/password", ChangePassword)
            .Needs(Role.Viewer)
            .WithSummary("A new password for oneself; the logins of the old one end.")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized, StatusCodes.Status503ServiceUnavailable);
        routes.MapGet("/login", LoginPage.Show).AllowAnonymous().ExcludeFromDescription();
    }

    private static void Refuses(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses)
    {
        foreach (int status in statuses)
        {
            route.Produces<Problem>(status, ProblemResults.ContentType);
        }
    }

    private static Me WhoAmI(HttpContext http, AccessControl access, NodeControl node) => Describe(http.Caller(), access, node);

    private static Me Describe(Caller? caller, AccessControl access, NodeControl node) =>
        new()
        {
            Node = node.NodeId,
            Authenticated = caller is not null,
            Open = access.IsOpen,
            Name = caller?.Name,
            Role = caller?.Role,
            Kind = caller?.Kind,
            Expires = caller?.Expires,
            Setup = access.IsBlank && !access.IsOpen,
        };

    private static async Task<IResult> SignIn(
        Login login,
        HttpContext http,
        LoginDesk desk,
        SessionCookie cookie,
        AccessControl access,
        NodeControl node,
        CancellationToken cancel
    )
    {
        if (access.IsOpen)
        {
            return Results.Ok(Describe(Caller.Anybody, access, node));
        }

        object answer = await desk.LoginAsync(login, http, cancel);
        if (answer is not SignedIn signedIn)
        {
            return ((Problem)answer).ToResult();
        }

        cookie.Set(http, signedIn.Secret, signedIn.Expires);
        return Results.Ok(Describe(signedIn.Caller, access, node));
    }

    private static async Task<IResult> SignOut(HttpContext http, LoginDesk desk, SessionCookie cookie, CancellationToken cancel)
    {
        string? secret = http.Request.Headers.Authorization.FirstOrDefault() is { } header ? RigAuthentication.Token(header) : null;
        await desk.LogoutAsync(secret ?? cookie.Read(http.Request), cancel);
        cookie.Clear(http);
        return Results.NoContent();
    }

    private static Task<IResult> ChangePassword(NewPassword request, HttpContext http, RightsDesk desk, CancellationToken cancel) =>
        DoneAsync(() => desk.ChangePasswordAsync(request, http.Caller()!, cancel));

    private static Task<IResult> PutUser(NewUser request, HttpContext http, RightsDesk desk, CancellationToken cancel) =>
        AnswerAsync<UserInfo>(() => desk.PutUserAsync(request, http.Caller()!, cancel));

    private static Task<IResult> RemoveUser(string name, HttpContext http, RightsDesk desk, CancellationToken cancel) =>
        DoneAsync(() => desk.RemoveUserAsync(name, http.Caller()!, cancel));

    private static Task<IResult> MakeToken(NewToken request, HttpContext http, RightsDesk desk, CancellationToken cancel) =>
        AnswerAsync<TokenInfo>(() => desk.MakeTokenAsync(request, http.Caller()!, cancel));

    private static Task<IResult> RevokeToken(string id, HttpContext http, RightsDesk desk, CancellationToken cancel) =>
        DoneAsync(() => desk.RevokeTokenAsync(id, http.Caller()!, cancel));

    private static IResult MakeLink(NewLink request, HttpContext http, OneTimeLinks links)
    {
        TimeSpan ttl = request.TtlSeconds is { } seconds and > 0 and < 1e9 ? TimeSpan.FromSeconds(seconds) : LinkHolds;
        if (ttl > LinkHoldsAtMost)
        {
            return ProblemResults.Invalid("A link does not hold so long.", "7 days at most; a token may hold for longer.").ToResult();
        }

        (string code, DateTimeOffset expires) = links.Make(request.Role, ttl);
        return Results.Ok(new OneTimeLink(LoginPage.Link($"{http.Request.Scheme}://{http.Request.Host}", code), request.Role, expires));
    }

    private static Task<IResult> DoneAsync(Func<Task<Problem?>> change) =>
        GuardAsync(async () => await change() is { } problem ? problem.ToResult() : Results.NoContent());

    private static Task<IResult> AnswerAsync<T>(Func<Task<object>> change) =>
        GuardAsync(async () => ClusterRoutes.Answer<T>(await change()));

    private static async Task<IResult> GuardAsync(Func<Task<IResult>> change)
    {
        try
        {
            return await change();
        }
        catch (ClusterAwayException away)
        {
            return new Problem
            {
                Status = StatusCodes.Status503ServiceUnavailable,
                Code = ProblemCodes.ClusterAway,
                Title = "The rig's shared state cannot be reached",
                Detail = away.Message,
                Remedy = "Rights can be changed again when the lighthouse is back: rig status.",
            }.ToResult();
        }
    }
}
