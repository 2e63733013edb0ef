using Rig.Media.Time;

namespace Rig.Media;

/// <summary>Takes the bytes of a container or wire format in pieces of any size and writes access units to a sink. One thread; never throws for what the bytes contain.</summary>
public interface IDemuxer : IDisposable
{
    /// <summary>Takes the next bytes.</summary>
    /// <param name="bytes">Any number of bytes; not kept.</param>
    /// <param name="arrival">When they reached this machine.</param>
    void Push(ReadOnlySpan<byte> bytes, UtcInstant arrival);

    /// <summary>The input ended: gives out what is complete and forgets the rest.</summary>
    void Flush();
}
