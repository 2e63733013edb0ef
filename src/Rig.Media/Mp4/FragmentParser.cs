using Rig.Media.Units;

namespace Rig.Media.Mp4;

/// <summary>Reads `moof` boxes (tree at <see cref="FragmentBoxes"/>) and appends their samples to the tracks.</summary>
internal sealed class FragmentParser(IReadOnlyList<Mp4Track> tracks, long fileLength, FaultHandler fault)
{
    private const uint BaseDataOffset = 0x01;
    private const uint DescriptionIndex = 0x02;
    private const uint DefaultDuration = 0x08;
    private const uint DefaultSize = 0x10;
    private const uint DefaultFlags = 0x20;
    private const uint DefaultBaseIsMoof = 0x02_0000;

    private readonly long _limit = SampleTableParser.SampleLimit(fileLength);

    /// <summary>The sample's own or inherited properties while a run is read.</summary>
    private ref struct Run
    {
        public Mp4Track Track;
        public uint Duration;
        public uint Size;
        public uint Flags;
        public long DecodeTime;
    }

    /// <param name="moof">Content of the box.</param>
    /// <param name="at">Where the box begins in the file.</param>
    public void Parse(ReadOnlySpan<byte> moof, long at)
    {
        long end = at; // of the data of the track fragment before (8.8.7.1)
        var boxes = new BoxWalker(moof);
        while (boxes.Next(out Box box))
        {
            if (box.Is("traf"u8))
            {
                ParseTrack(box.Content, at, ref end);
            }
        }

        if (boxes.Failed)
        {
            fault(StreamFaultKind.Malformed, at, "A box in moof claims more bytes than there are (14496-12 4.2).");
        }
    }

    private void ParseTrack(ReadOnlySpan<byte> traf, long moof, ref long end)
    {
        var reader = new SpanReader(BoxWalker.Find(traf, "tfhd"u8));
        uint flags = reader.U32();
        uint id = reader.U32();
        Mp4Track? track = tracks.FirstOrDefault(candidate => candidate.Id == id);
        if (reader.Failed || track is null)
        {
            fault(StreamFaultKind.Malformed, moof, "A traf without tfhd or of no track (14496-12 8.8.7).");
            return;
        }

        long origin =
            (flags & BaseDataOffset) != 0 ? reader.I64()
            : (flags & DefaultBaseIsMoof) != 0 ? moof
            : end;
        reader.Skip((flags & DescriptionIndex) != 0 ? 4 : 0);
        var run = new Run
        {
            Track = track,
            Duration = (flags & DefaultDuration) != 0 ? reader.U32() : track.Defaults.Duration,
            Size = (flags & DefaultSize) != 0 ? reader.U32() : track.Defaults.Size,
            Flags = (flags & DefaultFlags) != 0 ? reader.U32() : track.Defaults.Flags,
        };
        ReadOnlySpan<byte> tfdt = BoxWalker.FindFull(traf, "tfdt"u8, out int version);
        var times = new SpanReader(tfdt);
        run.DecodeTime = tfdt.IsEmpty ? track.EndTime : times.Sized(version == 1);
        if (run.DecodeTime is < 0 or > long.MaxValue / 4)
        {
            fault(StreamFaultKind.Malformed, moof, "A decode time beyond all bounds (14496-12 8.8.12).");
            return;
        }

        long next = origin;
        var boxes = new BoxWalker(traf);
        while (boxes.Next(out Box box))
        {
            if (box.Is("trun"u8))
            {
                ParseRun(box.Content, origin, ref next, ref run, moof);
            }
        }

        track.EndTime = run.DecodeTime;
        end = next;
    }

    /// <summary>8.8.8.</summary>
    private void ParseRun(ReadOnlySpan<byte> trun, long origin, ref long next, ref Run run, long moof)
    {
        const uint DataOffset = 0x01;
        const uint FirstFlags = 0x04;
        var reader = new SpanReader(trun);
        uint head = reader.U32();
        uint flags = head & 0xFF_FFFF;
        uint count = reader.U32();
        if ((flags & DataOffset) != 0)
        {
            next = origin + reader.I32();
        }

        uint? firstFlags = (flags & FirstFlags) != 0 ? reader.U32() : null;
        int entry = 4 * System.Numerics.BitOperations.PopCount(flags & 0xF00);
        long room = entry > 0 ? reader.Rest.Length / entry : _limit - run.Track.Count;
        if (reader.Failed || count > room || next is < 0 or > long.MaxValue / 4 || (entry == 0 && count * (long)run.Size > fileLength))
        {
            fault(StreamFaultKind.Malformed, moof, "A trun that names more samples than there can be (14496-12 8.8.8).");
            count = 0;
        }

        for (uint i = 0; i < count && run.Track.Count < _limit; i++)
        {
            ReadSample(ref reader, flags, i == 0 ? firstFlags : null, ref next, ref run);
        }
    }

    private static void ReadSample(ref SpanReader reader, uint flags, uint? firstFlags, ref long next, ref Run run)
    {
        const uint SampleDuration = 0x100;
        const uint SampleSize = 0x200;
        const uint SampleFlag = 0x400;
        const uint SampleOffset = 0x800;
        uint duration = (flags & SampleDuration) != 0 ? reader.U32() : run.Duration;
        uint size = (flags & SampleSize) != 0 ? reader.U32() : run.Size;
        uint own = (flags & SampleFlag) != 0 ? reader.U32() : run.Flags;
        own = firstFlags ?? own;
        int offset = (flags & SampleOffset) != 0 ? reader.I32() : 0;
        UnitFlags unit = (own & SampleFlags.NonSync) == 0 ? UnitFlags.Key : UnitFlags.None;
        unit |= ((own >> 22) & 3) == 2 ? UnitFlags.Disposable : UnitFlags.None;
        int length = (int)Math.Min(size, int.MaxValue);
        int ticks = (int)Math.Min(duration, int.MaxValue);
        run.Track.Samples.Add(new Mp4Sample(next, length, run.DecodeTime, run.DecodeTime + offset, ticks, unit));
        run.DecodeTime += duration;
        next += size;
    }
}
