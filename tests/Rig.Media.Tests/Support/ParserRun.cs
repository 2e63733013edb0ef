using Rig.Media.Codecs;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Tests.Support;

/// <summary>Makes a parser for a track, a pool and a sink.</summary>
public delegate IElementaryStreamParser ParserMaker(ElementaryTrack track, BlockPool pool, IAccessUnitSink sink);

/// <summary>Runs parsers over whole streams in pieces and checks that all memory came back.</summary>
public static class ParserRun
{
    public static readonly UtcInstant Arrival = UtcInstant.FromMicroseconds(1_700_000_000_000_000);

    /// <summary>Everything a parser makes of a stream that comes in pieces of a size.</summary>
    public static CollectingSink All(ParserMaker make, ReadOnlySpan<byte> stream, int piece = int.MaxValue, ElementaryTrack? track = null)
    {
        Queue<int> sizes = new();
        return InPieces(make, stream, () => sizes.TryDequeue(out int size) ? size : piece, track);
    }

    /// <summary>The same in pieces whose sizes <paramref name="next"/> gives.</summary>
    public static CollectingSink InPieces(ParserMaker make, ReadOnlySpan<byte> stream, Func<int> next, ElementaryTrack? track = null)
    {
        BlockPool pool = new();
        CollectingSink sink = new();
        using (IElementaryStreamParser parser = make(track ?? new ElementaryTrack(0), pool, sink))
        {
            while (!stream.IsEmpty)
            {
                int size = Math.Min(next(), stream.Length);
                parser.Append(stream[..size], Arrival);
                stream = stream[size..];
            }

            parser.Flush();
        }

        Assert.Equal(0, pool.RentedBytes);
        return sink;
    }
}
