using Rig.Media.AnnexB;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Codecs.H264;

/// <summary>
/// H.264 byte stream (ITU-T H.264 Annex B) to access units: one frame or both its fields, NAL units behind 4-byte lengths, without
/// access unit delimiters, filler, end codes and the parameter sets that the format already holds. Key units are IDR pictures and
/// recovery points.
/// </summary>
public sealed class H264Parser : IElementaryStreamParser
{
    private readonly NalAssembler _assembler;

    /// <param name="track">What the container knows.</param>
    /// <param name="pool">Where the units' memory comes from.</param>
    /// <param name="sink">Takes formats, units and faults.</param>
    public H264Parser(ElementaryTrack track, BlockPool pool, IAccessUnitSink sink)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(sink);
        UnitOutput output = new(track, sink);
        _assembler = new NalAssembler(new H264Codec(track, output), output, pool);
    }

    public void SetTimes(MediaTime presentation, MediaTime decode) => _assembler.SetTimes(presentation, decode);

    public void Append(ReadOnlySpan<byte> bytes, UtcInstant arrival) => _assembler.Append(bytes, arrival);

    /// <inheritdoc/>
    /// <remarks>After the first field of a frame nothing is given out: its partner may come.</remarks>
    public void EndOfUnit() => _assembler.EndOfUnit();

    public void Gap() => _assembler.Gap();

    public void Flush() => _assembler.Flush();

    public void Dispose() => _assembler.Dispose();
}
