namespace Rig.Streams.Sources;

/// <summary>Where bytes come from, one blocking read after the other: a child's output, a socket, a file.</summary>
internal interface IByteReader
{
    /// <summary>Whether the sender can be made to wait by not reading.</summary>
    bool CanWait { get; }

    /// <summary>Whether a read waits by itself until a good piece is there; if not, whoever reads pauses between reads.</summary>
    bool Gathers => false;

    /// <summary>Reads as much as is there.</summary>
    /// <param name="buffer">Filled from its start.</param>
    /// <param name="milliseconds">How long to wait for the first byte.</param>
    /// <returns>The bytes read; 0 at the end; -1 when none came in time.</returns>
    int Read(Span<byte> buffer, int milliseconds);
}
