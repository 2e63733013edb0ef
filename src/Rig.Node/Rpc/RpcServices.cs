// What other parts of the node may bring along. Methods that need one that is not there answer so.
namespace Rig.Node.Rpc;

/// <summary>Looks for streams in the configured ranges.</summary>
public interface IStreamDiscovery
{
    Task<IReadOnlyList<FoundStream>> DiscoverAsync(CancellationToken cancel);
}

public sealed record FoundStream(string Url, string? Name = null, string? Codec = null);
