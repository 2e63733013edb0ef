using Rig.Media.AnnexB;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Codecs.H265;

/// <summary>
/// H.265 byte stream (ITU-T H.265 Annex B) to access units: one picture, NAL units behind 4-byte lengths, without access unit
/// delimiters, filler, end codes and the parameter sets that the format already holds. Key units are IRAP pictures and recovery
/// points. RASL pictures of a CRA picture at the start of the stream are dropped: nothing can decode them (8.1.3).
/// </summary>
public sealed class H265Parser : IElementaryStreamParser
{
    private readonly NalAssembler _assembler;

    /// <param name="track">What the container knows.</param>
    /// <param name="pool">Where the units' memory comes from.</param>
    /// <param name="sink">Takes formats, units and faults.</param>
    public H265Parser(ElementaryTrack track, BlockPool pool, IAccessUnitSink sink)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(sink);
        UnitOutput output = new(track, sink);
        _assembler = new NalAssembler(new H265Codec(track, output), output, pool);
    }

    public void SetTimes(MediaTime presentation, MediaTime decode) => _assembler.SetTimes(presentation, decode);

    public void Append(ReadOnlySpan<byte> bytes, UtcInstant arrival) => _assembler.Append(bytes, arrival);

    public void EndOfUnit() => _assembler.EndOfUnit();

    public void Gap() => _assembler.Gap();

    public void Flush() => _assembler.Flush();

    public void Dispose() => _assembler.Dispose();
}
