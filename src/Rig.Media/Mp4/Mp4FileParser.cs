using System.Buffers.Binary;
using Rig.Media.Formats;
using Rig.Media.Time;

namespace Rig.Media.Mp4;

/// <summary>A box at the top level of a file.</summary>
internal readonly record struct TopBox(uint Type, long Offset, int Header, long Length)
{
    public long Content => Offset + Header;

    public long End => Offset + Length;

    public bool Is(ReadOnlySpan<byte> type) => Type == BinaryPrimitives.ReadUInt32BigEndian(type);
}

/// <summary>
/// Walks the top level of a file and has `moov` and each `moof` parsed. Bounded: boxes are read whole only up to a limit, and samples are counted
/// against what a file of that length can hold.
/// </summary>
internal sealed class Mp4FileParser(IRandomAccessBytes source)
{
    /// <summary>Bytes of a `moov` or `moof`: a day of 60 fps with sound takes about 100 MB.</summary>
    public const int MaxBoxBytes = 128 << 20;

    /// <summary>Faults kept; more only repeat them.</summary>
    private const int MaxFaults = 32;

    /// <summary>Boxes of the top level that are looked at: a day of half-second fragments takes 3 x 172,800.</summary>
    private const int MaxTopBoxes = 2_000_000;

    private readonly List<StreamFault> _faults = [];
    private readonly List<Mp4ReferenceTime> _referenceTimes = [];

    public Mp4File Parse()
    {
        var file = new Mp4File();
        FragmentParser? fragments = null;
        bool movieSeen = false;
        long offset = 0;
        for (int i = 0; i < MaxTopBoxes && TryReadTop(source, offset, out TopBox box); i++)
        {
            if (box.Is("moov"u8) && !movieSeen && ReadWhole(box) is { } moov)
            {
                movieSeen = true;
                new MovieParser(source.Length, Fault).Parse(moov, file);
            }
            else if (box.Is("moof"u8) && movieSeen && ReadWhole(box) is { } moof)
            {
                fragments ??= new FragmentParser(file.Tracks, source.Length, Fault);
                fragments.Parse(moof, box.Offset);
            }
            else if (box.Is("prft"u8) && ReadWhole(box) is { } prft)
            {
                ParseReferenceTime(prft);
            }

            offset = box.End;
        }

        if (!movieSeen)
        {
            Fault(StreamFaultKind.Missing, 0, "No moov (ISO/IEC 14496-12 8.2.1).");
        }

        Finish(file);
        return file;
    }

    /// <summary>The header of the box at a place; false at the end or where there is none.</summary>
    public static bool TryReadTop(IRandomAccessBytes source, long offset, out TopBox box)
    {
        const int Header = 8;
        Span<byte> bytes = stackalloc byte[16];
        int read = source.Read(offset, bytes);
        box = default;
        if (read < Header)
        {
            return false;
        }

        long length = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        uint type = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        int header = Header;
        if (length == 1)
        {
            header = 16;
            length = read == 16 ? BinaryPrimitives.ReadInt64BigEndian(bytes[8..]) : 0;
        }
        else if (length == 0 && type != 0)
        {
            length = source.Length - offset; // 4.2: to the end of the file
        }

        box = new TopBox(type, offset, header, length);
        return length >= header && type != 0 && length <= long.MaxValue - offset;
    }

    public static byte[]? ReadWhole(IRandomAccessBytes source, TopBox box)
    {
        if (box.End > source.Length || box.Length > MaxBoxBytes)
        {
            return null;
        }

        byte[] content = new byte[box.Length - box.Header];
        return source.Read(box.Content, content) == content.Length ? content : null;
    }

    private byte[]? ReadWhole(TopBox box)
    {
        byte[]? content = ReadWhole(source, box);
        if (content is null)
        {
            Fault(StreamFaultKind.Malformed, box.Offset, "A box ends behind the file or exceeds the limit.");
        }

        return content;
    }

    /// <summary>8.16.5.</summary>
    private void ParseReferenceTime(byte[] content)
    {
        const long NtpEpoch = 2_208_988_800;
        var reader = new SpanReader(content);
        int version = reader.U8();
        reader.Skip(3);
        uint track = reader.U32();
        long seconds = reader.U32() - NtpEpoch;
        long fraction = (long)(((ulong)reader.U32() * 1_000_000_000) + (1UL << 31) >> 32);
        long mediaTime = reader.Sized(version == 1);
        if (!reader.Failed)
        {
            _referenceTimes.Add(new Mp4ReferenceTime(track, new UtcInstant((seconds * 1_000_000_000) + fraction), mediaTime));
        }
    }

    private void Finish(Mp4File file)
    {
        foreach (Mp4Track track in file.Tracks)
        {
            Edits.Apply(track, file.Timescale);
            track.Format = FrameRates.Measure(track);
            CompleteAv1(track);
        }

        file.ReferenceTimes = _referenceTimes;
        if (file.Chapters.Count == 0)
        {
            file.Chapters = ChapterParser.FromTrack(source, file);
        }

        file.Faults = _faults;
        file.Duration = file.Tracks.Count == 0 ? MediaSpan.Zero : file.Tracks.Max(Edits.Duration);
    }

    private void CompleteAv1(Mp4Track track)
    {
        if (track.Format is { Codec: Codec.Av1, ParameterSets.Count: 0 } format && track.Count > 0)
        {
            byte[] sample = new byte[Math.Min(Math.Min(track[0].Size, StreamLimits.UnitBytes), source.Length)];
            track.Format = ConfigurationParser.WithAv1Header(format, sample.AsSpan(0, source.Read(track[0].Offset, sample)));
        }
    }

    private void Fault(StreamFaultKind kind, long offset, string detail)
    {
        if (_faults.Count < MaxFaults)
        {
            _faults.Add(new StreamFault(kind, -1, offset, detail));
        }
    }
}
