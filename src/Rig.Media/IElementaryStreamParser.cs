using Rig.Media.Time;

namespace Rig.Media;

/// <summary>
/// Turns the bytes of one elementary stream (Annex B video, ADTS, LATM, ...) into access units, wherever the bytes come from: PES
/// packets, a file, a pipe. Finds the unit boundaries by itself. One thread; never throws for what the bytes contain.
/// </summary>
public interface IElementaryStreamParser : IDisposable
{
    /// <summary>
    /// Gives times for the first access unit that begins in the bytes that follow (ISO/IEC 13818-1 2.4.3.7: the unit that commences in
    /// the PES packet). Without it, units get the codec's own spacing after the last known time, or <see cref="MediaTime.Unknown"/>.
    /// </summary>
    void SetTimes(MediaTime presentation, MediaTime decode);

    /// <summary>The next bytes of the stream.</summary>
    /// <param name="bytes">Any number of bytes; copied once, not kept.</param>
    /// <param name="arrival">When they reached this machine.</param>
    void Append(ReadOnlySpan<byte> bytes, UtcInstant arrival);

    /// <summary>What came so far ends a unit (the end of a PES packet that is known to hold whole units): a picture need not wait for its successor.</summary>
    void EndOfUnit();

    /// <summary>Bytes are missing here: the unit under construction is damaged or dropped; the next one carries a discontinuity.</summary>
    void Gap();

    /// <summary>The stream ended: gives out a unit under construction if it is whole.</summary>
    void Flush();
}
