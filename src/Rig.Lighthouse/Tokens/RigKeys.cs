namespace Rig.Lighthouse.Tokens;

/// <summary>The keys in etcd that the lighthouses write, and those of the nodes that they read.</summary>
internal sealed class RigKeys(string rigId)
{
    /// <summary>Where a running node announces itself; on its lease.</summary>
    public string Members { get; } = $"/rig/{rigId}/members/";

    public string Lighthouses { get; } = $"/rig/{rigId}/lighthouses/";

    /// <summary>A token that still lets in, on a lease of its ttl: this key is what one of two simultaneous users deletes.</summary>
    public string Token(string hash) => $"/rig/{rigId}/tokens/{hash}";

    /// <summary>What became of a token; stays a day longer, so that a refusal can say whether it was used or ran out.</summary>
    public string TokenHistory(string hash) => $"/rig/{rigId}/token-history/{hash}";

    /// <summary>A node that has a certificate; stays until it is replaced.</summary>
    public string Node(string nodeId) => $"/rig/{rigId}/nodes/{nodeId}";

    public string Lighthouse(string name) => Lighthouses + name;
}
