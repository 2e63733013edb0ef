using System.Buffers;
using System.Buffers.Binary;
using Rig.Media.Codecs;
using Rig.Media.Formats;
using Rig.Media.Units;

namespace Rig.Media.Ivf;

/// <summary>
/// Writes IVF for a decoder that reads from a pipe: the one container whose header needs nothing but a fourcc, whose frames are whole (no parser
/// waits for the next picture), and whose times may be any 64-bit number. ffmpeg takes every codec in it that has a fourcc of RIFF: H.264 and
/// H.265 as Annex B, AV1 temporal units, JPEG. Layout: <see cref="IvfDemuxer"/>.
/// </summary>
public static class IvfWriter
{
    private const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 12;

    /// <summary>Ticks a second of the times: microseconds.</summary>
    public const uint TicksPerSecond = 1_000_000;

    private static ReadOnlySpan<byte> StartCode => [0, 0, 0, 1];

    /// <summary>An empty temporal delimiter OBU with a size field (AV1 5.6): the rig's units are stored without.</summary>
    private static ReadOnlySpan<byte> TemporalDelimiter => [0x12, 0x00];

    /// <summary>Whether pictures of a codec can be written.</summary>
    public static bool Supports(Codec codec) => codec is Codec.H264 or Codec.H265 or Codec.Av1 or Codec.Jpeg;

    /// <summary>The file's head.</summary>
    /// <exception cref="ArgumentException">The track is no video of a codec that <see cref="Supports"/> names.</exception>
    public static void WriteHeader(TrackFormat format, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(output);
        ReadOnlySpan<byte> fourcc = format.Codec switch
        {
            Codec.H264 => "H264"u8,
            Codec.H265 => "HEVC"u8,
            Codec.Av1 => "AV01"u8,
            Codec.Jpeg => "MJPG"u8,
            _ => throw new ArgumentException($"{format.Codec} is not written to IVF.", nameof(format)),
        };
        Span<byte> header = output.GetSpan(HeaderBytes)[..HeaderBytes];
        header.Clear();
        "DKIF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], HeaderBytes);
        fourcc.CopyTo(header[8..]);
        BinaryPrimitives.WriteUInt16LittleEndian(header[12..], (ushort)(format.Video?.Width ?? 0));
        BinaryPrimitives.WriteUInt16LittleEndian(header[14..], (ushort)(format.Video?.Height ?? 0));
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], TicksPerSecond);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 1);
        output.Advance(HeaderBytes);
    }

    /// <summary>One picture; a key picture with its parameter sets, so that decoding can begin with it.</summary>
    /// <param name="time">Presentation time in microseconds.</param>
    public static void WriteUnit(in AccessUnit unit, TrackFormat format, long time, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(output);
        ReadOnlySpan<byte> bytes = unit.Span;
        bool isNal = format.Codec is Codec.H264 or Codec.H265;
        int front = Front(unit, format, isNal);
        Span<byte> place = output.GetSpan(FrameHeaderBytes + front + bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(place, front + bytes.Length);
        BinaryPrimitives.WriteInt64LittleEndian(place[4..], time);
        int at = WriteFront(place[FrameHeaderBytes..], unit, format, isNal) + FrameHeaderBytes;
        bytes.CopyTo(place[at..]);
        if (isNal)
        {
            LengthPrefixed.ToAnnexB(place.Slice(at, bytes.Length));
        }

        output.Advance(at + bytes.Length);
    }

    private static int Front(in AccessUnit unit, TrackFormat format, bool isNal)
    {
        int count = format.Codec == Codec.Av1 ? TemporalDelimiter.Length : 0;
        foreach (ReadOnlyMemory<byte> set in unit.IsKey && format.Codec != Codec.Jpeg ? format.ParameterSets : [])
        {
            count += set.Length + (isNal ? StartCode.Length : 0);
        }

        return count;
    }

    private static int WriteFront(Span<byte> place, in AccessUnit unit, TrackFormat format, bool isNal)
    {
        int at = 0;
        if (format.Codec == Codec.Av1)
        {
            TemporalDelimiter.CopyTo(place);
            at = TemporalDelimiter.Length;
        }

        foreach (ReadOnlyMemory<byte> set in unit.IsKey && format.Codec != Codec.Jpeg ? format.ParameterSets : [])
        {
            if (isNal)
            {
                StartCode.CopyTo(place[at..]);
                at += StartCode.Length;
            }

            set.Span.CopyTo(place[at..]);
            at += set.Length;
        }

        return at;
    }
}
