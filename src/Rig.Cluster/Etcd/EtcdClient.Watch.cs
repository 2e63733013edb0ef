namespace Rig.Cluster.Etcd;

public sealed partial class EtcdClient
{
    /// <summary>
    /// Every change of the keys of <paramref name="range"/> after <paramref name="afterRevision"/>, in order, none left out and none twice; all changes of
    /// one revision come together. Goes on by itself over lost connections and dead members, as long as it takes.
    /// </summary>
    /// <exception cref="RevisionCompactedException">That revision is no longer kept.</exception>
    /// <exception cref="EtcdException">etcd refuses the watch, for want of permission or of a right password.</exception>
    public IAsyncEnumerable<IReadOnlyList<EtcdEvent>> WatchAsync(EtcdRange range, long afterRevision, CancellationToken cancel) =>
        new EtcdWatch(_transport, range, afterRevision).RunAsync(cancel);
}
