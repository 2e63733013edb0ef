using System.Buffers;
using Rig.Media.Codecs;
using Rig.Media.Codecs.H264;
using Rig.Media.Codecs.H265;
using Rig.Media.Formats;
using Rig.Media.Mp4;
using Rig.Media.Tests.Support;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Tests.Mp4;

/// <summary>Applies what the writer says to a byte array, as the recorder applies it to a file, and remembers where fragments end.</summary>
public sealed class SegmentFile
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public SegmentFile(SegmentStart start)
    {
        Writer = new Mp4SegmentWriter(start);
        _bytes.Write(Writer.Start().Span);
    }

    public Mp4SegmentWriter Writer { get; }

    /// <summary>File length after each fragment.</summary>
    public List<long> FragmentEnds { get; } = [];

    public byte[] Bytes => _bytes.WrittenSpan.ToArray();

    /// <summary>The file with the tail appended but the head not yet turned.</summary>
    public byte[] Unpatched { get; private set; } = [];

    public Mp4Closing? Closing { get; private set; }

    public void Write(ReadOnlySpan<AccessUnit> units)
    {
        Mp4Fragment fragment = Writer.Fragment(units);
        Assert.Equal(_bytes.WrittenCount + fragment.Length, Writer.Length);
        _bytes.Write(fragment.Head.Span);
        foreach (int index in fragment.Order.Span)
        {
            _bytes.Write(units[index].Span);
        }

        FragmentEnds.Add(_bytes.WrittenCount);
    }

    public byte[] Close(SegmentEnd? end = null)
    {
        long bound = Writer.ClosingBytes;
        Closing = Writer.Close(end ?? new SegmentEnd());
        Assert.Equal(_bytes.WrittenCount, Closing.TailOffset);
        Assert.InRange(Closing.Tail.Length, 1, bound);
        _bytes.Write(Closing.Tail.Span);
        Unpatched = _bytes.WrittenSpan.ToArray();
        byte[] closed = _bytes.WrittenSpan.ToArray();
        Closing.HeadPatch.Span.CopyTo(closed.AsSpan((int)Closing.HeadPatchOffset));
        return closed;
    }
}

/// <summary>Units read from an MP4 file, with capture instants as a camera would give them.</summary>
public sealed class Recording : IDisposable
{
    public static readonly UtcInstant Epoch = new(1_800_000_000_000_000_000);

    private Recording(IReadOnlyList<Mp4Track> tracks, List<AccessUnit> units)
    {
        Tracks = tracks;
        Formats = [.. tracks.Select(track => track.Format!)];
        Units = units;
    }

    public IReadOnlyList<Mp4Track> Tracks { get; }

    public IReadOnlyList<TrackFormat> Formats { get; private init; }

    /// <summary>Whether parameter sets may change inside the stream.</summary>
    public bool ParameterSetsInStream { get; set; }

    public List<AccessUnit> Units { get; }

    public static Recording Read(byte[] bytes)
    {
        var source = new MemoryBytes(bytes);
        Mp4File file = Mp4File.Read(source);
        using var reader = new Mp4UnitReader(source, file, new BlockPool());
        List<AccessUnit> units = [];
        while (reader.TryRead(out AccessUnit unit))
        {
            Timescale scale = reader.Tracks[unit.Track].Timescale;
            units.Add(unit with { Capture = Epoch + scale.ToSpan(unit.PresentationTime.Ticks) });
        }

        return new Recording(reader.Tracks, units);
    }

    /// <summary>Parses a raw H.264 or H.265 stream.</summary>
    public static Recording Parse(byte[] stream, bool hevc)
    {
        var sink = new CollectingSink();
        var pool = new BlockPool();
        var track = new ElementaryTrack(0) { CountTimes = true };
        using (IElementaryStreamParser parser = hevc ? new H265Parser(track, pool, sink) : new H264Parser(track, pool, sink))
        {
            parser.Append(stream, Epoch);
            parser.Flush();
        }

        using var builder = new UnitBuilder(pool);
        List<AccessUnit> units = [];
        foreach (CollectedUnit unit in sink.Units)
        {
            builder.Append(unit.Bytes);
            (UnitBlock block, int offset, int length) = builder.Take();
            units.Add(
                new AccessUnit
                {
                    Block = block,
                    Offset = offset,
                    Length = length,
                    Track = 0,
                    DecodeTime = unit.Decode,
                    PresentationTime = unit.Presentation,
                    Capture = Epoch + sink.Format().Timescale.ToSpan(unit.Presentation.Ticks),
                    Flags = unit.Flags,
                }
            );
        }

        return new Recording([], units) { Formats = [sink.Format()] };
    }

    /// <summary>What the recorder would hand to the writer: the first unit of each track, and the first captured at or after T0.</summary>
    public SegmentStart Start(UtcInstant editStart) =>
        new()
        {
            Created = Epoch,
            EditStart = editStart,
            Tracks = [.. Formats.Select((format, index) => Describe(index, format, editStart))],
            Metadata = new SegmentMetadata
            {
                Session = "S1",
                Camera = "cam0",
                Position = "left goal",
                Node = "CAM_L",
                Software = "RecorderRig 0.1.0",
            },
        };

    /// <summary>Groups the units into fragments that begin at key units of the first track or after a second.</summary>
    public IEnumerable<AccessUnit[]> Fragments()
    {
        List<AccessUnit> pending = [];
        foreach (AccessUnit unit in Units)
        {
            bool cut =
                pending.Count > 0 && unit is { Track: 0, IsKey: true } && (Formats[0].Kind == TrackKind.Video || pending.Count >= 40);
            if (cut)
            {
                yield return [.. pending];
                pending.Clear();
            }

            pending.Add(unit);
        }

        yield return [.. pending];
    }

    public SegmentFile Record(UtcInstant? editStart = null)
    {
        var file = new SegmentFile(Start(editStart ?? UtcInstant.Unknown));
        foreach (AccessUnit[] fragment in Fragments())
        {
            file.Write(fragment);
        }

        return file;
    }

    public void Dispose() => Units.ForEach(unit => unit.Release());

    private SegmentTrack Describe(int index, TrackFormat format, UtcInstant editStart)
    {
        List<AccessUnit> units = Units.FindAll(unit => unit.Track == index);
        if (units.Count == 0)
        {
            return SegmentTrack.Unseen(format);
        }

        int anchor = units.FindIndex(unit => unit.Capture >= editStart);
        return SegmentTrack.From(format, units[0], units[Math.Max(anchor, 0)]) with { ParameterSetsInStream = ParameterSetsInStream };
    }
}
