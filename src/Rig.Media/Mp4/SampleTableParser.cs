using System.Buffers.Binary;
using Rig.Media.Formats;
using Rig.Media.Units;

namespace Rig.Media.Mp4;

/// <summary>
/// Reads `stbl` (boxes at <see cref="SampleTableBoxes"/>) into samples. Tables that contradict each other end at the shortest. Linear PCM
/// in the QuickTime way (one table entry for every sampling instant) comes out in runs of at most 20 ms.
/// </summary>
internal ref struct SampleTableParser
{
    /// <summary>Samples of one track: a day of 60 fps three times over.</summary>
    public const int MaxSamples = 16 << 20;

    private const int PcmRunsASecond = 50;

    private readonly Mp4Track _track;
    private readonly long _limit;
    private RunCursor _durations;
    private RunCursor _offsets;
    private ReadOnlySpan<byte> _keys;
    private readonly bool _allKeys;
    private readonly ReadOnlySpan<byte> _dependencies;
    private ReadOnlySpan<byte> _sizes;
    private int _sizeBits;
    private uint _constantSize;
    private uint _count;
    private long _index;
    private long _time;

    private SampleTableParser(ReadOnlySpan<byte> stbl, Mp4Track track, long fileLength)
    {
        _track = track;
        _limit = SampleLimit(fileLength);
        _durations = new RunCursor(BoxWalker.FindFull(stbl, "stts"u8, out _));
        _offsets = new RunCursor(BoxWalker.FindFull(stbl, "ctts"u8, out _));
        ReadOnlySpan<byte> keys = BoxWalker.FindFull(stbl, "stss"u8, out _);
        _allKeys = keys.IsEmpty;
        _keys = keys.Length >= 4 ? keys[4..] : default;
        _dependencies = BoxWalker.FindFull(stbl, "sdtp"u8, out _);
        ReadSizes(stbl, fileLength);
    }

    /// <summary>What a file of that length can hold: 4 bytes a sample, and some without any.</summary>
    public static long SampleLimit(long fileLength) => Math.Min(MaxSamples, 65_536 + (fileLength / 4));

    public static void Parse(ReadOnlySpan<byte> stbl, Mp4Track track, long fileLength, FaultHandler fault)
    {
        var parser = new SampleTableParser(stbl, track, fileLength);
        parser.ReadChunks(stbl);
        track.EndTime = parser._time;
        if (parser._index < parser._count)
        {
            fault(StreamFaultKind.Malformed, 0, "The sample tables name fewer places than samples (14496-12 8.7).");
        }
    }

    /// <summary>`stsz` (8.7.3.2) or `stz2` (8.7.3.3).</summary>
    private void ReadSizes(ReadOnlySpan<byte> stbl, long fileLength)
    {
        var reader = new SpanReader(BoxWalker.FindFull(stbl, "stsz"u8, out _));
        _sizeBits = 32;
        if (reader.Rest.IsEmpty)
        {
            reader = new SpanReader(BoxWalker.FindFull(stbl, "stz2"u8, out _));
            _sizeBits = (int)(reader.U32() & 0xFF);
        }
        else
        {
            _constantSize = reader.U32();
        }

        _count = reader.U32();
        _sizes = reader.Rest;
        if (_constantSize > 0)
        {
            _count = (uint)Math.Min(_count, fileLength / _constantSize);
        }
        else
        {
            _count = (uint)Math.Min(_count, _sizeBits is 4 or 8 or 16 or 32 ? _sizes.Length * 8L / _sizeBits : 0);
        }
    }

    private readonly uint Size(long index) =>
        (_constantSize, _sizeBits) switch
        {
            (> 0, _) => _constantSize,
            (_, 32) => BinaryPrimitives.ReadUInt32BigEndian(_sizes[(int)(index * 4)..]),
            (_, 16) => BinaryPrimitives.ReadUInt16BigEndian(_sizes[(int)(index * 2)..]),
            (_, 8) => _sizes[(int)index],
            _ => (uint)((_sizes[(int)(index / 2)] >> (index % 2 == 0 ? 4 : 0)) & 15),
        };

    /// <summary>Walks `stsc` (8.7.4) and `stco` or `co64` (8.7.5) together.</summary>
    private void ReadChunks(ReadOnlySpan<byte> stbl)
    {
        ReadOnlySpan<byte> stsc = BoxWalker.FindFull(stbl, "stsc"u8, out _);
        ReadOnlySpan<byte> offsets = BoxWalker.FindFull(stbl, "stco"u8, out _);
        int width = 4;
        if (offsets.IsEmpty)
        {
            offsets = BoxWalker.FindFull(stbl, "co64"u8, out _);
            width = 8;
        }

        if (stsc.Length < 4 || offsets.Length < 4)
        {
            return;
        }

        stsc = stsc[4..];
        long chunks = Math.Min(BinaryPrimitives.ReadUInt32BigEndian(offsets), (offsets.Length - 4) / width);
        offsets = offsets[4..];
        uint perChunk = 0;
        for (int chunk = 0; chunk < chunks && _index < _count && _track.Count < _limit; chunk++)
        {
            while (stsc.Length >= 12 && BinaryPrimitives.ReadUInt32BigEndian(stsc) <= chunk + 1)
            {
                perChunk = BinaryPrimitives.ReadUInt32BigEndian(stsc[4..]);
                stsc = stsc[12..];
            }

            ReadOnlySpan<byte> at = offsets[(chunk * width)..];
            long offset = width == 8 ? BinaryPrimitives.ReadInt64BigEndian(at) : BinaryPrimitives.ReadUInt32BigEndian(at);
            if (offset < 0)
            {
                return;
            }

            ReadChunk(offset, perChunk);
        }
    }

    private void ReadChunk(long offset, uint samples)
    {
        long end = Math.Min(_count, _index + samples);
        int run = PcmRun();
        while (_index < end && _track.Count < _limit)
        {
            int count = (int)Math.Min(run, end - _index);
            long size = (long)Size(_index) * count;
            if (size > int.MaxValue)
            {
                return;
            }

            Add(offset, (int)size, count);
            offset += size;
        }
    }

    /// <summary>How many entries of constant size and one tick make 20 ms of PCM; 1 for everything else.</summary>
    private readonly int PcmRun()
    {
        bool pcm = _track.Format?.Codec is Codec.Pcm or Codec.PcmALaw or Codec.PcmMuLaw;
        return pcm && _constantSize > 0 && _durations.Value == 1 ? Math.Max(1, (int)(_track.Timescale.TicksPerSecond / PcmRunsASecond)) : 1;
    }

    private void Add(long offset, int size, int count)
    {
        bool key = _allKeys;
        if (_keys.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(_keys) == _index + 1)
        {
            key = true;
            _keys = _keys[4..];
        }

        bool disposable = _index < _dependencies.Length && ((_dependencies[(int)_index] >> 2) & 3) == 2;
        int shift = _offsets.Value;
        long duration = 0;
        for (int i = 0; i < count; i++)
        {
            duration += (uint)_durations.Value;
            _durations.Next();
            _offsets.Next();
        }

        UnitFlags flags = (key ? UnitFlags.Key : 0) | (disposable ? UnitFlags.Disposable : 0);
        _track.Samples.Add(new Mp4Sample(offset, size, _time, _time + shift, (int)Math.Min(duration, int.MaxValue), flags));
        _time += duration;
        _index += count;
    }

    /// <summary>Steps through the entries of `stts` or `ctts`: (count, value). Behind the last entry its value goes on.</summary>
    private ref struct RunCursor
    {
        private ReadOnlySpan<byte> _entries;
        private uint _left;

        public RunCursor(ReadOnlySpan<byte> content)
        {
            _entries = content.Length >= 4 ? content[4..] : default;
            Load();
        }

        public int Value { get; private set; }

        public void Next()
        {
            if (_left > 1)
            {
                _left--;
            }
            else
            {
                Load();
            }
        }

        private void Load()
        {
            while (_entries.Length >= 8)
            {
                _left = BinaryPrimitives.ReadUInt32BigEndian(_entries);
                int value = BinaryPrimitives.ReadInt32BigEndian(_entries[4..]);
                _entries = _entries[8..];
                if (_left > 0)
                {
                    Value = value;
                    return;
                }
            }
        }
    }
}
