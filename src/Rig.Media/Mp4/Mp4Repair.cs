using System.Buffers.Binary;
using Rig.Media.Time;

namespace Rig.Media.Mp4;

/// <summary>
/// Finds out what a segment file needs to be a closed MP4, wherever its writing stopped: in the middle of any box, before the tail, in
/// the tail, before the head was turned; with a tail of zeros or without. Makes a plan only; the caller applies it.
/// </summary>
public static class Mp4Repair
{
    /// <summary>What to do about a file. Reads its structure and the payloads of its last seconds.</summary>
    public static Mp4RepairPlan Plan(IRandomAccessBytes source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (!Mp4FileParser.TryReadTop(source, 0, out TopBox first) || !first.Is("ftyp"u8))
        {
            return Nothing(source, source.Length == 0 ? Mp4Condition.Empty : Mp4Condition.Unknown);
        }

        if (!Mp4FileParser.TryReadTop(source, first.End, out TopBox second))
        {
            return Nothing(source, Mp4Condition.Empty);
        }

        if (second.Is("mdat"u8))
        {
            return Turned(source, second);
        }

        bool room = second.Is("free"u8) && second.Length == 8;
        long movieAt = room ? second.End : first.End;
        return FindMovie(source, movieAt) is { } movie
            ? Growing(source, room ? second.Offset : null, movie.Offset, movie)
            : Nothing(source, Mp4Condition.Empty);
    }

    /// <summary>The first `moov` from a place on, if it is whole.</summary>
    private static TopBox? FindMovie(IRandomAccessBytes source, long offset)
    {
        const int MaxBoxesBefore = 16;
        for (int i = 0; i < MaxBoxesBefore && Mp4FileParser.TryReadTop(source, offset, out TopBox box) && box.End <= source.Length; i++)
        {
            if (box.Is("moov"u8))
            {
                return box;
            }

            offset = box.End;
        }

        return null;
    }

    /// <summary>The head is an `mdat`: the file is closed, if the `moov` that must follow it is good. If not, the old one inside still is.</summary>
    private static Mp4RepairPlan Turned(IRandomAccessBytes source, TopBox mdat)
    {
        if (mdat.End <= source.Length && FindMovie(source, mdat.End) is { } closing && IsComplete(source, closing, out long units))
        {
            return new Mp4RepairPlan
            {
                Condition = Mp4Condition.Closed,
                TruncateTo = HoldsMoreThanZeros(source, closing.End) ? source.Length : closing.End,
                Units = units,
            };
        }

        if (mdat.Header != Mp4SegmentWriter.HeadPatchBytes || InnerMovieEnd(source, mdat.Content) is not { } end)
        {
            return Nothing(source, Mp4Condition.Unknown);
        }

        var inner = new TopBox(BinaryPrimitives.ReadUInt32BigEndian("moov"u8), mdat.Offset + 8, 8, end - mdat.Offset - 8);
        return Growing(source, mdat.Offset, inner.Offset, inner);
    }

    /// <summary>Where the `moov` ended whose header was written over: behind the last of the boxes that it holds.</summary>
    private static long? InnerMovieEnd(IRandomAccessBytes source, long offset)
    {
        bool header = false;
        while (
            Mp4FileParser.TryReadTop(source, offset, out TopBox box)
            && box.End <= source.Length
            && (box.Is("mvhd"u8) || box.Is("trak"u8) || box.Is("mvex"u8) || box.Is("udta"u8))
        )
        {
            header |= box.Is("mvhd"u8);
            offset = box.End;
        }

        return header ? offset : null;
    }

    private static Mp4RepairPlan Growing(IRandomAccessBytes source, long? room, long movieAt, TopBox movie)
    {
        if (Mp4FileParser.ReadWhole(source, movie) is not { } moov)
        {
            return Nothing(source, Mp4Condition.Empty);
        }

        var file = new Mp4File();
        new MovieParser(source.Length, static (_, _, _) => { }).Parse(moov, file);
        if (!file.IsFragmented)
        {
            return Nothing(source, file.Tracks.Any(track => track.Count > 0) ? Mp4Condition.Closed : Mp4Condition.Unknown);
        }

        foreach (Mp4Track track in file.Tracks)
        {
            Edits.Apply(track, file.Timescale);
        }

        FragmentScan scan = FragmentScan.Run(source, file, movie.End);
        long units = Enumerable.Range(0, scan.Tables.Length).Sum(i => file.Tracks[i].Handler == "tmcd" ? 0L : scan.Tables[i].Count);
        if (scan.ClosingMovie is { } closing && room is { } at && IsComplete(source, closing, out long closedUnits, file))
        {
            return new Mp4RepairPlan
            {
                Condition = Mp4Condition.Unturned,
                TruncateTo = closing.End,
                HeadPatch = new Mp4Patch(at, Mp4SegmentWriter.HeadPatch(at, closing.Offset)),
                Units = closedUnits,
            };
        }

        if (units == 0)
        {
            return Nothing(source, Mp4Condition.Empty);
        }

        return Rebuild(file, scan, room, units, source.Length);
    }

    private static Mp4RepairPlan Rebuild(Mp4File file, FragmentScan scan, long? room, long units, long length)
    {
        var plan = new Mp4RepairPlan
        {
            Condition = room is null ? Mp4Condition.Foreign : Mp4Condition.Open,
            TruncateTo = scan.End,
            Units = units,
            LostUnits = scan.LostUnits,
            Patches = scan.CutMdat is { } cut ? [SizePatch(cut, scan.End)] : [],
        };
        if (room is not { } at)
        {
            return scan.IsWhole ? plan with { TruncateTo = length } : plan;
        }

        var to = new BoxWriter(64_000);
        MovieBoxes.Write(to, RepairedMovie.Of(file, scan.Tables));
        return plan with { Tail = to.ToArray(), HeadPatch = new Mp4Patch(at, Mp4SegmentWriter.HeadPatch(at, scan.End)) };
    }

    /// <summary>The size of an `mdat` that ends earlier than it was meant to.</summary>
    private static Mp4Patch SizePatch(TopBox mdat, long end)
    {
        byte[] size = new byte[mdat.Header == 8 ? 4 : 8];
        if (size.Length == 4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(size, (uint)(end - mdat.Offset));
        }
        else
        {
            BinaryPrimitives.WriteInt64BigEndian(size, end - mdat.Offset);
        }

        return new Mp4Patch(mdat.Offset + (size.Length == 4 ? 0 : 8), size);
    }

    /// <summary>Whether a `moov` can be read without fault and all that it names lies within the file.</summary>
    /// <param name="fragments">The same samples as the fragments name them; the `moov` must agree.</param>
    private static bool IsComplete(IRandomAccessBytes source, TopBox movie, out long units, Mp4File? fragments = null)
    {
        units = 0;
        if (Mp4FileParser.ReadWhole(source, movie) is not { } moov)
        {
            return false;
        }

        bool good = true;
        var file = new Mp4File();
        new MovieParser(source.Length, (_, _, _) => good = false).Parse(moov, file);
        foreach (Mp4Track track in file.Tracks)
        {
            units += track.Handler is "tmcd" or "text" ? 0 : track.Count;
            for (int i = 0; good && i < track.Count; i++)
            {
                good = track[i].Offset <= source.Length - track[i].Size;
            }
        }

        return good && !file.IsFragmented && units > 0 && (fragments is null || fragments.Tracks.All(track => Agrees(track, file)));
    }

    /// <summary>Whether a file has the same samples of a track at the same places and distances.</summary>
    private static bool Agrees(Mp4Track track, Mp4File file)
    {
        Mp4Track? other = file.Tracks.FirstOrDefault(candidate => candidate.Id == track.Id);
        if ((other?.Count ?? 0) != track.Count)
        {
            return false;
        }

        for (int i = 0; i < track.Count; i++)
        {
            Mp4Sample left = track[i];
            Mp4Sample right = other![i];
            bool same = (left.Offset, left.Size) == (right.Offset, right.Size);
            if (!same || left.PresentationTime - track[0].DecodeTime != right.PresentationTime - other[0].DecodeTime)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether something other than the zeros of reserved space follows: not ours to cut.</summary>
    private static bool HoldsMoreThanZeros(IRandomAccessBytes source, long offset)
    {
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = source.Read(offset, buffer)) > 0; offset += read)
        {
            if (buffer.AsSpan(0, read).ContainsAnyExcept((byte)0))
            {
                return true;
            }
        }

        return false;
    }

    private static Mp4RepairPlan Nothing(IRandomAccessBytes source, Mp4Condition condition) =>
        new() { Condition = condition, TruncateTo = source.Length };
}

/// <summary>Describes the repaired file's movie from the growing file's own description and the tables that were found.</summary>
internal static class RepairedMovie
{
    public static Movie Of(Mp4File file, SampleTable[] tables)
    {
        var scale = new Timescale(file.Timescale);
        List<MovieTrack> tracks = [];
        for (int i = 0; i < tables.Length; i++)
        {
            if (tables[i].Count > 0 && file.Tracks[i].Handler != "tmcd")
            {
                tracks.Add(Of(file.Tracks[i], tables[i], scale));
            }
        }

        long ticks = tracks.Max(MovieBoxes.PresentationTicks);
        for (int i = 0; i < tables.Length; i++)
        {
            if (tables[i].Count > 0 && file.Tracks[i] is { Handler: "tmcd" } timecode)
            {
                long duration = scale.Convert(new MediaTime(ticks), timecode.Timescale).Ticks;
                tables[i].LastDuration = (int)Math.Clamp(duration, 1, int.MaxValue);
                tracks.Add(Of(timecode, tables[i], scale) with { Edits = [new EditEntry(ticks, 0)] });
            }
        }

        HashSet<uint> kept = [.. tracks.Select(track => track.Id)];
        return new Movie
        {
            Timescale = file.Timescale,
            Created = file.Created1904,
            Tracks =
            [
                .. tracks.Select(track => track with { References = [.. track.References.Where(entry => kept.Contains(entry.Track))] }),
            ],
            UserData = file.UserData,
        };
    }

    private static MovieTrack Of(Mp4Track track, SampleTable samples, Timescale movie) =>
        new()
        {
            Id = track.Id,
            Handler = track.Handler,
            Name = track.Name,
            Timescale = track.Timescale.TicksPerSecond,
            MediaHeader = track.MediaHeader,
            SampleDescription = track.SampleDescription,
            References = track.References,
            Enabled = track.Enabled,
            AlternateGroup = track.AlternateGroup,
            Width = track.Width,
            Height = track.Height,
            Samples = samples,
            Edits = EditLists.Of(samples, track.Handler == "vide", -track.PresentationShift, long.MaxValue, track.Timescale, movie),
        };
}
