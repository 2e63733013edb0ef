namespace Rig.Cluster.Remote;

/// <summary>Messages between nodes, as an engine's adapter composes them: it tells who the peers are and hears who can be reached.</summary>
public interface IPeerLinks : IRemote, IAsyncDisposable
{
    /// <summary>The link addresses (<c>https://host:port</c>) of the rig's members as known now, this node or not. Links to others end.</summary>
    void SetPeers(IReadOnlyDictionary<string, Uri> peers);

    /// <summary>Who can be sent to, first as it is for every peer known, then every change; in order, one call at a time.</summary>
    IDisposable Watch(Action<Reachability> listener);
}
