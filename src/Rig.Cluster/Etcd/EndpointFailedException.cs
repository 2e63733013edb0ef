namespace Rig.Cluster.Etcd;

/// <summary>May a call be sent again after a try of which one does not know what became of it?</summary>
internal enum Repeat
{
    /// <summary>Reading, or a change that done twice is as done once.</summary>
    Safe,

    /// <summary>Only when the try surely did nothing.</summary>
    OnlyIfUnsent,
}

/// <summary>Why one try at one endpoint gave no answer.</summary>
/// <param name="unsent">It surely did nothing.</param>
internal sealed class EndpointFailedException(Uri endpoint, string reason, bool unsent, Exception? inner = null)
    : Exception($"{endpoint.Authority}: {reason}", inner)
{
    public bool Unsent { get; } = unsent;

    /// <summary>A stream on which nothing came for long: no proof of a fault, but worth another look.</summary>
    public bool Silent { get; init; }
}
