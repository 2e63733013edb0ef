using Microsoft.AspNetCore.Authorization;
using Rig.Contracts.Access;
using Rig.Node.Configuration;
using Rig.Node.Control;
using Rig.Streams.Live;

namespace Rig.Node.Rights;

/// <summary>The right that each endpoint needs. One that names none needs a viewer: nothing is open because somebody forgot.</summary>
public static class Policies
{
    internal static string Name(Role role) =>
        role switch
        {
            Role.Viewer => "viewer",
            Role.Operator => "operator",
            Role.Admin => "admin",
            _ => throw new ArgumentOutOfRangeException(nameof(role), role, null),
        };

    /// <summary>The endpoints need this role.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder endpoints, Role role)
        where TBuilder : IEndpointConventionBuilder => endpoints.RequireAuthorization(Name(role));

    /// <summary>Authentication and authorisation; whoever is refused gets problem details.</summary>
    internal static void AddRigRights(this IServiceCollection services, HttpOptions http)
    {
        services.AddSingleton(new ViewerLimits(http.Viewers, http.ViewersPerClient));
        services.AddSingleton<LoginThrottle>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<OneTimeLinks>();
        services.AddSingleton<SessionCookie>();
        services.AddSingleton<AccessStore>();
        services.AddSingleton<AccessControl>();
        services.AddSingleton<LiveCallers>();
        services.AddSingleton<LoginDesk>();
        services.AddSingleton<RightsDesk>();
        services.AddSingleton(provider => new MediaAccess(
            provider.GetRequiredService<AccessControl>(),
            provider.GetRequiredService<LiveCallers>(),
            provider.GetRequiredService<LoginThrottle>()
        ));
        services.AddSingleton<IMediaAccess>(provider => new RtspAccess(
            provider.GetRequiredService<MediaAccess>(),
            provider.GetRequiredService<NodeControl>().NodeId
        ));
        services.AddHostedService(provider => provider.GetRequiredService<AccessStore>());
        services.AddHostedService(provider => provider.GetRequiredService<LiveCallers>());
        services.AddHostedService<LocalToken>();
        // The core alone: the whole of it brings data protection along, whose keys nothing here needs.
        services.AddWebEncoders();
        services.AddTransient<RigAuthentication>();
        services.AddAuthenticationCore(authentication =>
        {
            authentication.AddScheme<RigAuthentication>(RigAuthentication.Scheme, null);
            authentication.DefaultScheme = RigAuthentication.Scheme;
        });
        AuthorizationBuilder authorization = services.AddAuthorizationBuilder();
        foreach (Role role in Enum.GetValues<Role>())
        {
            authorization.AddPolicy(Name(role), policy => policy.RequireRole(Name(role)));
        }

        authorization.SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireRole(Name(Role.Viewer)).Build());
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, Refusals>();
    }

    /// <summary>After routing: who is it, may he, and the end of what lasts when he may no longer.</summary>
    internal static void UseRigRights(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        LiveCallers live = app.Services.GetRequiredService<LiveCallers>();
        app.Use(next => http => live.GuardAsync(http, next));
    }
}
