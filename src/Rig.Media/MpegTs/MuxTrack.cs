using System.Buffers;
using System.Buffers.Binary;
using Rig.Media.Codecs.Aac;
using Rig.Media.Formats;
using Rig.Media.Units;

namespace Rig.Media.MpegTs;

/// <summary>One track of a <see cref="TsMuxer"/>: turns its units into PES packets as its codec wants it.</summary>
internal sealed class MuxTrack
{
    private const int PesFixedHeader = 9;
    private const int StampSize = 5;
    private const int MaxBounded = ushort.MaxValue;
    private const int LengthPrefix = 4;
    private const byte VideoStreamId = 0xe0;
    private const byte AudioStreamId = 0xc0;
    private const byte PrivateStreamId = 0xbd;

    private readonly AudioSpecificConfig? _aac;
    private byte _continuity;

    /// <exception cref="ArgumentException">The codec or configuration cannot be carried.</exception>
    public MuxTrack(int pid, TrackFormat format)
    {
        (Pid, Format) = (pid, format);
        if (!TsMuxer.Supports(format.Codec))
        {
            throw new ArgumentException($"{format.Codec} is not carried in a transport stream.", nameof(format));
        }

        if (format.Codec == Codec.Aac)
        {
            _aac = format.ParameterSets is [var configuration, ..] ? AudioSpecificConfig.Parse(configuration.Span) : null;
            if (_aac is not { ObjectType: >= 1 and <= 4, ChannelConfiguration: <= 7 } || !HasIndex(_aac.SampleRate))
            {
                throw new ArgumentException("This AudioSpecificConfig has no ADTS form (ISO/IEC 14496-3 1.A.3.2).", nameof(format));
            }
        }
    }

    public int Pid { get; }

    public TrackFormat Format { get; }

    public byte Continuity
    {
        get => _continuity;
        set => _continuity = value;
    }

    private static ReadOnlySpan<byte> StartCode => [0, 0, 0, 1];

    /// <summary>H.264 7.3.2.4: primary_pic_type 7, any slice type.</summary>
    private static ReadOnlySpan<byte> H264Delimiter => [0x09, 0xf0];

    /// <summary>H.265 7.3.2.5: pic_type 2, any slice type.</summary>
    private static ReadOnlySpan<byte> H265Delimiter => [0x46, 0x01, 0x50];

    /// <summary>False for AAC frames longer than ADTS can say.</summary>
    public bool CanWrite(in AccessUnit unit) => _aac is null || unit.Length + AdtsHeader.Bytes <= AdtsHeader.MaxFrameBytes;

    public void Write(in AccessUnit unit, long presentation, long decode, long pcr, IBufferWriter<byte> output)
    {
        Span<byte> front = stackalloc byte[PesFixedHeader + (2 * StampSize)];
        int headerSize = PesFixedHeader + (presentation == decode ? StampSize : 2 * StampSize);
        int payload = PayloadLength(unit);
        int total = headerSize + payload;
        WritePesHeader(front, total, presentation, decode);
        PesWriter writer = new(output, Pid, ref _continuity, total, pcr, unit.IsKey && Format.Kind == TrackKind.Video);
        writer.Write(front[..headerSize]);
        WritePayload(unit, ref writer);
    }

    private void WritePesHeader(Span<byte> header, int total, long presentation, long decode)
    {
        bool both = presentation != decode;
        int bounded = total - 6;
        header[0] = header[1] = 0;
        header[2] = 1;
        header[3] = Format.Kind switch
        {
            TrackKind.Video => VideoStreamId,
            TrackKind.Audio when Format.Codec == Codec.Aac => AudioStreamId,
            _ => PrivateStreamId,
        };

        // 2.4.3.7: only video may leave its length open; where it fits it is given, so that a picture ends without its successor.
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)(bounded <= MaxBounded ? bounded : 0));
        header[6] = 0x84; // '10', data_alignment_indicator
        header[7] = (byte)(both ? 0xc0 : 0x80);
        header[8] = (byte)(both ? 2 * StampSize : StampSize);
        WriteStamp(header[PesFixedHeader..], both ? 3 : 2, presentation);
        if (both)
        {
            WriteStamp(header[(PesFixedHeader + StampSize)..], 1, decode);
        }
    }

    private static void WriteStamp(Span<byte> field, int prefix, long time)
    {
        field[0] = (byte)((prefix << 4) | ((int)(time >> 29) & 0x0e) | 1);
        BinaryPrimitives.WriteUInt16BigEndian(field[1..], (ushort)(((time >> 14) & 0xfffe) | 1));
        BinaryPrimitives.WriteUInt16BigEndian(field[3..], (ushort)(((time << 1) & 0xfffe) | 1));
    }

    private int PayloadLength(in AccessUnit unit)
    {
        return Format.Codec switch
        {
            Codec.H264 or Codec.H265 => unit.Length + AddedVideoBytes(unit),
            Codec.Aac => unit.Length + AdtsHeader.Bytes,
            Codec.Opus => unit.Length + 2 + (unit.Length / byte.MaxValue) + 1,
            _ => unit.Length,
        };
    }

    /// <summary>Start codes are as long as the length prefixes that they replace, so that only what is put in front counts.</summary>
    private int AddedVideoBytes(in AccessUnit unit)
    {
        int added = HasDelimiter(unit.Span) ? 0 : StartCode.Length + Delimiter.Length;
        if (NeedsParameterSets(unit))
        {
            foreach (ReadOnlyMemory<byte> set in Format.ParameterSets)
            {
                added += StartCode.Length + set.Length;
            }
        }

        return added;
    }

    private ReadOnlySpan<byte> Delimiter => Format.Codec == Codec.H264 ? H264Delimiter : H265Delimiter;

    private void WritePayload(in AccessUnit unit, ref PesWriter writer)
    {
        Span<byte> header = stackalloc byte[AdtsHeader.Bytes];
        switch (Format.Codec)
        {
            case Codec.H264 or Codec.H265:
                WriteVideo(unit, ref writer);
                return;
            case Codec.Aac:
                AdtsHeader.Write(header, _aac!, unit.Length);
                writer.Write(header);
                break;
            case Codec.Opus:
                WriteOpusControl(unit.Length, ref writer);
                break;
        }

        writer.Write(unit.Span);
    }

    private void WriteVideo(in AccessUnit unit, ref PesWriter writer)
    {
        ReadOnlySpan<byte> rest = unit.Span;
        writer.Write(StartCode);
        if (HasDelimiter(rest))
        {
            int length = NalLength(rest);
            writer.Write(rest.Slice(LengthPrefix, length));
            rest = rest[(LengthPrefix + length)..];
        }
        else
        {
            writer.Write(Delimiter);
        }

        if (NeedsParameterSets(unit))
        {
            foreach (ReadOnlyMemory<byte> set in Format.ParameterSets)
            {
                writer.Write(StartCode);
                writer.Write(set.Span);
            }
        }

        while (rest.Length > LengthPrefix)
        {
            int length = NalLength(rest);
            writer.Write(StartCode);
            writer.Write(rest.Slice(LengthPrefix, length));
            rest = rest[(LengthPrefix + length)..];
        }

        writer.Write(rest);
    }

    private static void WriteOpusControl(int length, ref PesWriter writer)
    {
        writer.Write([0x7f, 0xe0]);
        for (; length >= byte.MaxValue; length -= byte.MaxValue)
        {
            writer.Write([byte.MaxValue]);
        }

        writer.Write([(byte)length]);
    }

    private static bool HasIndex(int sampleRate)
    {
        const int Escape = 15;
        for (int index = 0; index < Escape; index++)
        {
            if (AudioSpecificConfig.RateOfIndex(index) == sampleRate)
            {
                return true;
            }
        }

        return false;
    }

    private static int NalLength(ReadOnlySpan<byte> bytes) =>
        (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(bytes), (uint)(bytes.Length - LengthPrefix));

    private bool HasDelimiter(ReadOnlySpan<byte> unit) => unit.Length > LengthPrefix && NalType(unit[LengthPrefix]) == DelimiterType;

    private int DelimiterType => Format.Codec == Codec.H264 ? 9 : 35;

    private int NalType(byte first) => Format.Codec == Codec.H264 ? first & 31 : (first >> 1) & 63;

    /// <summary>Key units get the format's parameter sets unless they bring their own (SPS: H.264 type 7, H.265 type 33).</summary>
    private bool NeedsParameterSets(in AccessUnit unit)
    {
        if (!unit.IsKey)
        {
            return false;
        }

        int wanted = Format.Codec == Codec.H264 ? 7 : 33;
        ReadOnlySpan<byte> rest = unit.Span;
        while (rest.Length > LengthPrefix)
        {
            if (NalType(rest[LengthPrefix]) == wanted)
            {
                return false;
            }

            rest = rest[(LengthPrefix + NalLength(rest))..];
        }

        return true;
    }
}
