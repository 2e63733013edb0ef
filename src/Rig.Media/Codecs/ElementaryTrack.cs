using Rig.Media.Formats;
using Rig.Media.Time;

namespace Rig.Media.Codecs;

/// <summary>What the container or wire knows of a track and its elementary stream does not: all parsers are made from this, a pool and a sink.</summary>
/// <param name="Track">The number under which units and formats go to the sink.</param>
/// <param name="Timescale">Of the times given by <see cref="IElementaryStreamParser.SetTimes"/>; null for the codec's own: 90 kHz for video, the sample rate for audio.</param>
/// <param name="ClockBits">Width of the wire's counter, as in <see cref="TrackFormat.ClockBits"/>.</param>
public sealed record ElementaryTrack(int Track, Timescale? Timescale = null, int ClockBits = 64)
{
    /// <summary>Parameter sets or configuration known beforehand (SDP, avcC, hvcC), in the form of <see cref="TrackFormat.ParameterSets"/>.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> ParameterSets { get; init; } = [];

    /// <summary>
    /// The stream comes with no times at all (a raw file): decode times count from 0 by the frame rate, presentation times follow the
    /// picture order. Units are held back for as many pictures as are reordered.
    /// </summary>
    public bool CountTimes { get; init; }

    /// <summary>Frames a second when the stream does not say, or against what it says; null to believe the stream.</summary>
    public Ratio? FrameRate { get; init; }

    public CaptureClock CaptureClock { get; init; }
}
