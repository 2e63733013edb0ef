using Rig.Media.Codecs;
using Rig.Media.Codecs.Aac;
using Rig.Media.Codecs.H264;
using Rig.Media.Codecs.H265;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.MpegTs;

/// <summary>Makes the parser for a kind of elementary stream: the one place that ties transport streams to codecs.</summary>
internal static class StreamParsers
{
    private static readonly ElementaryTrack Track = new(0, Timescale.Mpeg, ClockBits: 33);

    public static (IElementaryStreamParser Parser, PesUnits Units) Create(
        StreamKind kind,
        StreamEntry entry,
        TsTrack sink,
        BlockPool pool
    ) =>
        kind switch
        {
            StreamKind.H264 => (new H264Parser(Track, pool, sink), PesUnits.Pictures),
            StreamKind.H265 => (new H265Parser(Track, pool, sink), PesUnits.Pictures),
            StreamKind.Adts => (new AdtsParser(Track, pool, sink), PesUnits.Anywhere),
            StreamKind.Latm => (new LatmParser(Track, pool, sink), PesUnits.Anywhere),
            StreamKind.Opus => (new OpusTsParser(StreamTypes.OpusChannelCode(entry.Descriptors), sink, pool), PesUnits.WholePackets),
            StreamKind.Klv => (new KlvTsParser(cells: false, sink, pool), PesUnits.WholePackets),
            StreamKind.KlvCells => (new KlvTsParser(cells: true, sink, pool), PesUnits.WholePackets),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No parser for this kind of stream."),
        };
}
