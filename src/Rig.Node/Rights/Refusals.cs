using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Rig.Contracts.Access;
using Rig.Contracts.Problems;
using Rig.Node.Http;

namespace Rig.Node.Rights;

/// <summary>What is answered to those whose right does not suffice.</summary>
internal sealed class Refusals(LoginThrottle throttle) : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(
        RequestDelegate next,
        HttpContext context,
        AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult
    )
    {
        if (authorizeResult.Succeeded)
        {
            return next(context);
        }

        if (context.Caller() is { } caller)
        {
            return NotAllowed(caller.Role, Needed(policy)).ToResult().ExecuteAsync(context);
        }

        if (throttle.Wait(LoginThrottle.OfAddress(context)) is { } wait && context.Features.Get<WrongCredential>() is not null)
        {
            return TooMany(context, wait).ToResult().ExecuteAsync(context);
        }

        Challenge(context);
        return Unauthenticated().ToResult().ExecuteAsync(context);
    }

    public static Problem NotAllowed(Role role, Role needed) =>
        new()
        {
            Status = StatusCodes.Status403Forbidden,
            Code = ProblemCodes.NotAllowed,
            Title = "Your role does not allow this",
            Detail = $"It needs the role {Policies.Name(needed)}; yours is {Policies.Name(role)}.",
            Remedy = "Sign in as somebody who may, or let an admin give you the role.",
        };

    public static Problem TooMany(HttpContext http, TimeSpan wait)
    {
        int seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        http.Response.Headers.RetryAfter = $"{seconds}";
        return new Problem
        {
            Status = StatusCodes.Status429TooManyRequests,
            Code = ProblemCodes.TooManyAttempts,
            Title = "Too many wrong attempts",
            Detail = $"The next one is looked at in {seconds} s.",
            Remedy = "Wait, then try with the right one.",
        };
    }

    private static Problem Unauthenticated() =>
        new()
        {
            Status = StatusCodes.Status401Unauthorized,
            Code = ProblemCodes.Unauthenticated,
            Title = "Not signed in",
            Detail = "The request carries no credential that holds here.",
            Remedy = "Sign in: /login in a browser, rig login on a command line; programs send a token (rig token create).",
        };

    /// <summary>Players answer a Basic challenge with what stands in their address; a browser would ask its user in a box of its own.</summary>
    private static void Challenge(HttpContext http)
    {
        http.Response.Headers.Append("WWW-Authenticate", "Bearer realm=\"RecorderRig\"");
        if (http.Request.Headers.UserAgent.FirstOrDefault()?.StartsWith("Mozilla/", StringComparison.Ordinal) != true)
        {
            http.Response.Headers.Append("WWW-Authenticate", "Basic realm=\"RecorderRig\", charset=\"UTF-8\"");
        }
    }

    private static Role Needed(AuthorizationPolicy policy) =>
        Enum.GetValues<Role>()
            .Where(role =>
                policy
                    .Requirements.OfType<Microsoft.AspNetCore.Authorization.Infrastructure.RolesAuthorizationRequirement>()
                    .Any(requirement => requirement.AllowedRoles.Contains(Policies.Name(role)))
            )
            .DefaultIfEmpty(Role.Viewer)
            .Max();
}

/// <summary>On a request whose credential does not hold.</summary>
internal sealed class WrongCredential
{
    public static WrongCredential Instance { get; } = new();
}
