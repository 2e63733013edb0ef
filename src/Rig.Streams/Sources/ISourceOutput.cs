using Rig.Media;

namespace Rig.Streams.Sources;

/// <summary>Where a source brings its units, and how it learns that it should hold back.</summary>
public interface ISourceOutput : IAccessUnitSink
{
    /// <summary>
    /// Completes when more units are welcome. Sources whose sender can wait (pipe, TCP, file) await it between reads; those that would
    /// lose data (UDP, devices, the test camera) do not.
    /// </summary>
    ValueTask WaitUntilWritableAsync(CancellationToken cancellation);
}
