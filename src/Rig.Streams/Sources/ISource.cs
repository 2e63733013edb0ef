namespace Rig.Streams.Sources;

/// <summary>
/// Where a camera's access units come from: a device, a child process, a socket, a file, the test camera. Made for one run; whoever
/// wants to try again makes another one. What a source holds (process, socket, file) is gone for certain when it has been disposed.
/// </summary>
public interface ISource : IAsyncDisposable
{
    /// <summary>What an operator reads: <c>test camera 1280x720@30</c>, <c>tcp://10.0.0.7:5000</c>.</summary>
    string Description { get; }

    /// <summary>What happened so far; any thread.</summary>
    SourceStatistics Statistics { get; }

    /// <summary>It listens for a sender: silence before the first unit is not a fault.</summary>
    bool WaitsForSender => false;

    /// <summary>The encoder that makes the units on this machine; null when they come encoded.</summary>
    EncoderSetting? Encoder => null;

    /// <summary>
    /// Brings units to <paramref name="output"/> until the source ends (returns), fails or is cancelled. Once for each source.
    /// The output is called from one thread at a time.
    /// </summary>
    /// <exception cref="SourceException">It failed; the message names the remedy.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    Task RunAsync(ISourceOutput output, CancellationToken cancellation);
}
