using Rig.Cluster;
using Rig.Cluster.Etcd;
using Rig.Cluster.Joining;
using Rig.Lighthouse.Setup;

namespace Rig.Lighthouse.Commands;

/// <summary>What goes wrong in a command becomes a line with its remedy, and an exit code.</summary>
internal static class Guarded
{
    public static async Task<int> RunAsync(Func<Task<int>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception error) when (error is SetupException or JoinException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"rig lighthouse: {error.Message}");
            return ExitCodes.Failed;
        }
        catch (Exception error) when (error is ClusterAwayException or EtcdException)
        {
            await Console.Error.WriteLineAsync(
                $"rig lighthouse: etcd cannot do it now: {error.Message} See rig lighthouse status; a majority of the lighthouses must be up."
            );
            return ExitCodes.Failed;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Ok;
        }
    }
}
