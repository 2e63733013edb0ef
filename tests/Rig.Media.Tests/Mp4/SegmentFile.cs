using System.Buffers;
using Rig.Media.Mp4;
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
        Units = units;
    }

    public IReadOnlyList<Mp4Track> Tracks { get; }

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

    /// <summary>What the recorder would hand to the writer: the first unit of each track, and the first captured at or after T0.</summary>
    public SegmentStart Start(UtcInstant editStart) =>
        new()
        {
            Created = Epoch,
            EditStart = editStart,
            Tracks = [.. Tracks.Select((track, index) => Describe(index, track, editStart))],
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
            bool cut = pending.Count > 0 && unit is { Track: 0, IsKey: true } && (Tracks[0].Handler == "vide" || pending.Count >= 40);
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

    private SegmentTrack Describe(int index, Mp4Track track, UtcInstant editStart)
    {
        List<AccessUnit> units = Units.FindAll(unit => unit.Track == index);
        if (units.Count == 0)
        {
            return SegmentTrack.Unseen(track.Format!);
        }

        int anchor = units.FindIndex(unit => unit.Capture >= editStart);
        return SegmentTrack.From(track.Format!, units[0], units[Math.Max(anchor, 0)]);
    }
}
