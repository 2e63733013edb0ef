using Rig.Streams.Sources;

namespace Rig.Streams.Processes;

/// <summary>A child's output as a source reads it: not reading makes the child wait.</summary>
internal sealed class ChildReader(ChildProcess child) : IByteReader
{
    public bool CanWait => true;

    public int Read(Span<byte> buffer, int milliseconds) => child.Read(buffer, milliseconds);
}
