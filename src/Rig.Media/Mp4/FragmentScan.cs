using Rig.Media.Units;

namespace Rig.Media.Mp4;

/// <summary>
/// Reads the fragments of a file that was not closed and keeps what can be read of them: every sample whose bytes are there. Behind a
/// sample that is missing, a track goes on with its next key sample.
/// </summary>
internal sealed class FragmentScan
{
    /// <summary>
    /// Fragments at the end whose payloads are looked at for holes: a second each at most, and `fdatasync` runs at least every two seconds.
    /// </summary>
    private const int CheckedFragments = 16;

    private readonly IRandomAccessBytes _source;
    private readonly Mp4File _file;
    private readonly List<Fragment> _fragments = [];

    private readonly record struct Fragment(TopBox Mdat, int[] FirstSamples);

    private FragmentScan(IRandomAccessBytes source, Mp4File file)
    {
        _source = source;
        _file = file;
        Tables = [.. file.Tracks.Select(_ => new SampleTable())];
    }

    /// <summary>The tables of the file's tracks, in their order.</summary>
    public SampleTable[] Tables { get; }

    /// <summary>Where the media ends: the file is cut here.</summary>
    public long End { get; private set; }

    /// <summary>The last `mdat` when some of it is missing: its size has to be corrected.</summary>
    public TopBox? CutMdat { get; private set; }

    /// <summary>Where a complete second `moov` lies, when the fragments are followed by one.</summary>
    public TopBox? ClosingMovie { get; private set; }

    public long LostUnits { get; private set; }

    /// <summary>Whether the file consists of whole boxes to its last byte.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Scans from <paramref name="offset"/>, which is behind the first `moov`.</summary>
    public static FragmentScan Run(IRandomAccessBytes source, Mp4File file, long offset)
    {
        var scan = new FragmentScan(source, file) { End = offset };
        scan.Walk(offset);
        scan.Keep();
        return scan;
    }

    private void Walk(long offset)
    {
        var parser = new FragmentParser(_file.Tracks, _source.Length, static (_, _, _) => { });
        int[]? pending = null;
        while (Mp4FileParser.TryReadTop(_source, offset, out TopBox box))
        {
            if (box.Is("mdat"u8))
            {
                if (pending is not null)
                {
                    _fragments.Add(new Fragment(box, pending));
                    pending = null;
                }
                else if (box.End <= _source.Length)
                {
                    offset = box.End; // chapter titles, in front of the closing moov
                    continue;
                }
            }
            else if (box.End > _source.Length || !IsKnown(box))
            {
                break;
            }
            else if (box.Is("moof"u8) && Mp4FileParser.ReadWhole(_source, box) is { } moof)
            {
                pending = [.. _file.Tracks.Select(track => track.Count)];
                parser.Parse(moof, box.Offset);
            }
            else if (box.Is("moov"u8))
            {
                ClosingMovie = box;
                break;
            }

            offset = box.End;
        }

        IsWhole = offset == _source.Length && pending is null;
        if (pending is not null)
        {
            _fragments.Add(new Fragment(new TopBox(0, _source.Length, 0, 0), pending)); // a moof without its mdat
        }
    }

    private static bool IsKnown(TopBox box) =>
        box.Is("prft"u8)
        || box.Is("moof"u8)
        || box.Is("moov"u8)
        || box.Is("free"u8)
        || box.Is("skip"u8)
        || box.Is("styp"u8)
        || box.Is("sidx"u8)
        || box.Is("emsg"u8)
        || box.Is("uuid"u8)
        || box.Is("mfra"u8);

    private void Keep()
    {
        bool[] broken = new bool[Tables.Length];
        byte[] buffer = [];
        for (int i = 0; i < _fragments.Count; i++)
        {
            Fragment fragment = _fragments[i];
            long present = Math.Min(fragment.Mdat.End, _source.Length);
            long kept = 0;
            for (int t = 0; t < Tables.Length; t++)
            {
                int end = i + 1 < _fragments.Count ? _fragments[i + 1].FirstSamples[t] : _file.Tracks[t].Count;
                bool check = i >= _fragments.Count - CheckedFragments;
                kept = Math.Max(
                    kept,
                    KeepTrack(t, (fragment.FirstSamples[t], end), (fragment.Mdat.Content, present), check, ref broken[t], ref buffer)
                );
            }

            if (fragment.Mdat.Type != 0 && fragment.Mdat.End <= _source.Length)
            {
                End = fragment.Mdat.End;
            }
            else if (kept > 0)
            {
                End = kept;
                CutMdat = fragment.Mdat;
            }
        }
    }

    /// <summary>Adds the samples of one track in one fragment that are there; returns the end of the last.</summary>
    private long KeepTrack(
        int index,
        (int From, int To) range,
        (long From, long To) present,
        bool check,
        ref bool broken,
        ref byte[] buffer
    )
    {
        Mp4Track track = _file.Tracks[index];
        SampleTable table = Tables[index];
        long end = 0;
        for (int i = range.From; i < range.To; i++)
        {
            Mp4Sample sample = track[i];
            bool whole =
                sample.Offset >= present.From
                && sample.Offset <= present.To - sample.Size
                && (!check || IsWritten(track, sample, ref buffer));
            broken = !whole || (broken && !sample.IsKey);
            if (broken)
            {
                LostUnits++;
                continue;
            }

            if (end != sample.Offset)
            {
                table.BeginChunk(sample.Offset);
            }

            long decode = table.Count == 0 ? sample.DecodeTime : Math.Max(sample.DecodeTime, table.LastDecodeTime);
            table.Add(new TableSample(decode, sample.PresentationTime, sample.Size, sample.Flags));
            table.LastDuration = sample.Duration;
            end = sample.Offset + sample.Size;
        }

        return end;
    }

    private bool IsWritten(Mp4Track track, Mp4Sample sample, ref byte[] buffer)
    {
        if (sample.Size > StreamLimits.UnitBytes)
        {
            return true;
        }

        if (buffer.Length < sample.Size)
        {
            buffer = new byte[Math.Max(sample.Size, 1 << 16)];
        }

        Span<byte> bytes = buffer.AsSpan(0, sample.Size);
        return _source.Read(sample.Offset, bytes) == sample.Size
            && (track.NalLengthSize != 4 || SampleCheck.IsWhole(bytes, track.Format?.Codec));
    }
}
