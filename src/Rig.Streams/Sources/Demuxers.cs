using Rig.Media;
using Rig.Media.Codecs;
using Rig.Media.Codecs.Aac;
using Rig.Media.Codecs.H264;
using Rig.Media.Codecs.H265;
using Rig.Media.Codecs.Jpeg;
using Rig.Media.Ivf;
using Rig.Media.MpegTs;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Streams.Sources;

/// <summary>The demuxer for each kind of stream.</summary>
internal static class Demuxers
{
    /// <param name="kind">What the stream is.</param>
    /// <param name="sink">Where the units go.</param>
    /// <param name="pool">Where their memory comes from.</param>
    /// <param name="countTimes">Whether the units of a stream without times get theirs by counting pictures, as in a file; live ones go by their arrival.</param>
    public static IDemuxer Create(StreamKind kind, IAccessUnitSink sink, BlockPool pool, bool countTimes = false)
    {
        var track = new ElementaryTrack(0) { CountTimes = countTimes };
        return kind switch
        {
            StreamKind.MpegTs => new TsDemuxer(sink, pool),
            StreamKind.H264 => new ParserDemuxer(new H264Parser(track, pool, sink)),
            StreamKind.H265 => new ParserDemuxer(new H265Parser(track, pool, sink)),
            StreamKind.Adts => new ParserDemuxer(new AdtsParser(track, pool, sink)),
            StreamKind.Jpeg => new ParserDemuxer(new JpegStreamParser(track, pool, sink)),
            StreamKind.Ivf => new IvfDemuxer(pool, sink),
            _ => new Unsupported(kind, sink),
        };
    }

    /// <summary>What a stream of a kind carries, where the kind itself says it; a transport stream says it in its tables.</summary>
    public static StreamContents? ContentsOf(StreamKind kind) =>
        kind switch
        {
            StreamKind.H264 or StreamKind.H265 or StreamKind.Jpeg or StreamKind.Ivf => new StreamContents(1, 0),
            StreamKind.Adts => new StreamContents(0, 1),
            _ => null,
        };

    /// <summary>An elementary stream alone: its parser finds the units by itself.</summary>
    private sealed class ParserDemuxer(IElementaryStreamParser parser) : IDemuxer
    {
        public void Push(ReadOnlySpan<byte> bytes, UtcInstant arrival) => parser.Append(bytes, arrival);

        public void Flush() => parser.Flush();

        public void Dispose() => parser.Dispose();
    }

    /// <summary>A stream that is recognised and not recorded: said once, then passed over.</summary>
    private sealed class Unsupported(StreamKind kind, IAccessUnitSink sink) : IDemuxer
    {
        private bool _said;

        public void Push(ReadOnlySpan<byte> bytes, UtcInstant arrival)
        {
            if (!_said)
            {
                _said = true;
                sink.OnFault(new StreamFault(StreamFaultKind.Unsupported, -1, 0, $"{kind} cannot be read from a plain stream of bytes."));
            }
        }

        public void Flush() { }

        public void Dispose() { }
    }
}
