namespace Rig.Cluster.Etcd;

/// <summary>Keeps the client's list of etcd's members as it is: a lighthouse that joined after this node counts when the first one dies.</summary>
internal sealed class EtcdEndpoints(EtcdClient client, TimeProvider time, Action<IReadOnlyList<Uri>> changed)
{
    /// <summary>Members come and go by an operator's hand.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        IReadOnlyList<Uri> known = client.Options.Endpoints;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                IReadOnlyList<Uri> now = await client.LearnEndpointsAsync(cancel);
                if (!ReferenceEquals(now, known))
                {
                    known = now;
                    changed(now);
                }
            }
            catch (Exception failed) when (failed is ClusterAwayException or EtcdException or OperationCanceledException)
            {
                // Whoever uses etcd says so; the list stays as it was.
            }

            await Task.Delay(Every, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
