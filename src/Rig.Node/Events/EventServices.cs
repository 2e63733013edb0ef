using Rig.Actors;
using Rig.Node.Http;
using Rig.Node.Rpc;

namespace Rig.Node.Events;

internal static class EventServices
{
    /// <summary>Events to clients, to other nodes and to other programs.</summary>
    public static void AddRigEvents(this IServiceCollection services)
    {
        services.AddSingleton(provider => new EventFollowing(
            provider.GetRequiredService<EventHub>(),
            provider.GetRequiredService<RigSystem>().Rig,
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<Webhooks>();
        services.AddSingleton<ServerMeters>();
        services.AddHostedService(provider => provider.GetRequiredService<EventFollowing>());
        services.AddHostedService(provider => provider.GetRequiredService<Webhooks>());
        services.AddRigRpc();
    }
}
