using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Rig.Contracts.Access;
using Rig.Node.Hosting;
using Rig.Node.Rights;

namespace Rig.Node.Commands;

/// <summary>While a rig knows nobody, its first admin is whoever sees the console: a link that signs one browser in, once.</summary>
internal static class FirstLink
{
    private static readonly TimeSpan Holds = TimeSpan.FromHours(24);

    /// <summary>Prints it once the rig has said that it knows nobody. Never throws.</summary>
    public static async Task PrintAsync(IServiceProvider services, CancellationToken stopping)
    {
        AccessControl access = services.GetRequiredService<AccessControl>();
        try
        {
            await services.GetRequiredService<AccessStore>().Listed.WaitAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (access.IsOpen || !access.IsBlank)
        {
            return;
        }

        (string code, _) = services.GetRequiredService<OneTimeLinks>().Make(Role.Admin, Holds);
        string link = LoginPage.Link(Address(services), code);
        await Console.Out.WriteLineAsync(
            $"""
            Nobody has a right here yet. Open this once, within a day, to become the admin:
              {link}
            Then give others theirs: rig user add NAME --role operator, rig token create NAME --role viewer.
            """
        );
    }

    /// <summary>As others reach it where they can, else as it listens.</summary>
    private static string Address(IServiceProvider services)
    {
        string announced = services.GetRequiredService<NodeCluster>().Cluster.Self.HttpAddress;
        return announced.Length > 0
            ? announced
            : services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }
}
