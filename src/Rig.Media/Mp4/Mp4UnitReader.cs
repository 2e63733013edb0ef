using System.Buffers.Binary;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Mp4;

/// <summary>
/// Reads a file's samples as access units: what a source that plays a file gives out. Times are those of the presentation (edit lists
/// applied), so that tracks stay aligned; they may begin below zero. NAL unit lengths of one or two bytes become four. Tracks are
/// numbered in the order of <see cref="Tracks"/>.
/// </summary>
public sealed class Mp4UnitReader : IDisposable
{
    private readonly IRandomAccessBytes _source;
    private readonly Mp4SampleCursor _cursor;
    private readonly UnitBuilder[] _builders;
    private byte[] _scratch = [];

    public Mp4UnitReader(IRandomAccessBytes source, Mp4File file, BlockPool pool)
    {
        ArgumentNullException.ThrowIfNull(file);
        _source = source;
        Tracks = [.. file.Tracks.Where(track => track.Format is not null).Take(StreamLimits.Tracks)];
        _cursor = new Mp4SampleCursor(Tracks);
        _builders = [.. Tracks.Select(_ => new UnitBuilder(pool))];
    }

    /// <summary>The tracks that the rig records.</summary>
    public IReadOnlyList<Mp4Track> Tracks { get; }

    /// <summary>Samples that could not be read: empty, too large, or outside of the file.</summary>
    public long Unreadable { get; private set; }

    /// <summary>The next unit, whose reference passes to the caller; false at the end.</summary>
    public bool TryRead(out AccessUnit unit)
    {
        while (_cursor.TryNext(out int index, out Mp4Sample sample))
        {
            if (TryFill(index, sample))
            {
                Mp4Track track = Tracks[index];
                (UnitBlock block, int offset, int length) = _builders[index].Take();
                unit = new AccessUnit
                {
                    Block = block,
                    Offset = offset,
                    Length = length,
                    Track = index,
                    DecodeTime = new MediaTime(sample.DecodeTime + track.PresentationShift),
                    PresentationTime = new MediaTime(sample.PresentationTime + track.PresentationShift),
                    Flags = sample.Flags,
                    Capture = UtcInstant.Unknown,
                };
                return true;
            }

            Unreadable++;
        }

        unit = default;
        return false;
    }

    /// <summary>Starts over with the first sample.</summary>
    public void Rewind() => _cursor.Rewind();

    public void Dispose()
    {
        foreach (UnitBuilder builder in _builders)
        {
            builder.Dispose();
        }
    }

    private bool TryFill(int index, Mp4Sample sample)
    {
        if (sample.Size is 0 or > StreamLimits.UnitBytes || sample.Offset > _source.Length - sample.Size)
        {
            return false;
        }

        UnitBuilder builder = _builders[index];
        Mp4Track track = Tracks[index];
        if (track.NalLengthSize == 4 || track.Format!.Codec is not (Codec.H264 or Codec.H265))
        {
            if (_source.Read(sample.Offset, builder.Grow(sample.Size)) == sample.Size)
            {
                return true;
            }

            builder.Discard();
            return false;
        }

        return TryWiden(builder, sample, track.NalLengthSize);
    }

    private bool TryWiden(UnitBuilder builder, Mp4Sample sample, int lengthSize)
    {
        if (_scratch.Length < sample.Size)
        {
            _scratch = new byte[sample.Size];
        }

        var reader = new SpanReader(_scratch.AsSpan(0, _source.Read(sample.Offset, _scratch.AsSpan(0, sample.Size))));
        while (!reader.Rest.IsEmpty)
        {
            int length = 0;
            for (int i = 0; i < lengthSize; i++)
            {
                length = (length << 8) | reader.U8();
            }

            ReadOnlySpan<byte> nal = reader.Take(length);
            if (!reader.Failed)
            {
                BinaryPrimitives.WriteInt32BigEndian(builder.Grow(4), nal.Length);
                builder.Append(nal);
            }
        }

        if (reader.Failed)
        {
            builder.Discard();
        }

        return !reader.Failed && builder.Length > 0;
    }
}
