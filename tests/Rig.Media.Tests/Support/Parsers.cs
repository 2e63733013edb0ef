using Rig.Media.Codecs;
using Rig.Media.Codecs.Aac;
using Rig.Media.Codecs.H264;
using Rig.Media.Codecs.H265;
using Rig.Media.Codecs.Jpeg;

namespace Rig.Media.Tests.Support;

/// <summary>The parsers of elementary streams by the names that test cases use.</summary>
public static class Parsers
{
    public static readonly ParserMaker H264 = (track, pool, sink) => new H264Parser(track, pool, sink);
    public static readonly ParserMaker H265 = (track, pool, sink) => new H265Parser(track, pool, sink);
    public static readonly ParserMaker Adts = (track, pool, sink) => new AdtsParser(track, pool, sink);
    public static readonly ParserMaker Latm = (track, pool, sink) => new LatmParser(track, pool, sink);
    public static readonly ParserMaker Jpeg = (track, pool, sink) => new JpegStreamParser(track, pool, sink);

    public static ParserMaker Named(string name) =>
        name switch
        {
            "h264" => H264,
            "h265" => H265,
            "adts" => Adts,
            "latm" => Latm,
            "jpeg" => Jpeg,
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such parser."),
        };
}
