using System.Buffers.Binary;
using Rig.Media.Formats;
using Rig.Media.Time;

namespace Rig.Media.Codecs.Opus;

/// <summary>
/// The identification header of Opus (RFC 7845 5.1) and its big-endian sibling <c>dOps</c> in MP4 (Encapsulation of Opus in ISO Base
/// Media File Format 4.3.2):
/// <code>
/// "OpusHead" | version 8 | channels 8 | pre-skip 16 | input rate 32 | gain 16 | family 8 { streams 8 | coupled 8 | mapping 8 x channels }
/// </code>
/// </summary>
/// <param name="Channels">1 to 255.</param>
/// <param name="PreSkip">Samples at 48 kHz to throw away at the beginning.</param>
/// <param name="InputSampleRate">Of the original, for information.</param>
/// <param name="OutputGain">In 1/256 dB.</param>
public sealed record OpusHeader(int Channels, int PreSkip = 312, uint InputSampleRate = OpusPacket.SampleRate, short OutputGain = 0)
{
    private const int FixedBytes = 19;
    private const int BoxFixedBytes = 11;

    private static ReadOnlySpan<byte> Magic => "OpusHead"u8;

    /// <summary>0: mono or stereo, without a table.</summary>
    public byte MappingFamily { get; init; }

    /// <summary>Stream count, coupled count, one byte a channel; empty in family 0.</summary>
    public ReadOnlyMemory<byte> Mapping { get; init; }

    /// <summary>Reads an identification header; null when it is malformed.</summary>
    public static OpusHeader? Parse(ReadOnlySpan<byte> bytes)
    {
        // RFC 7845 5.1: the upper four bits of the version tell incompatible changes.
        if (bytes.Length < FixedBytes || !bytes.StartsWith(Magic) || (bytes[8] & 0xF0) != 0)
        {
            return null;
        }

        OpusHeader header = new(
            bytes[9],
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadInt16LittleEndian(bytes[16..])
        );
        return header.WithMapping(bytes[18..]);
    }

    /// <summary>Reads the payload of a dOps box; null when it is malformed.</summary>
    public static OpusHeader? ParseBox(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < BoxFixedBytes || bytes[0] != 0)
        {
            return null;
        }

        OpusHeader header = new(
            bytes[1],
            BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            BinaryPrimitives.ReadInt16BigEndian(bytes[8..])
        );
        return header.WithMapping(bytes[10..]);
    }

    /// <summary>The identification header.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[FixedBytes + Mapping.Length];
        Magic.CopyTo(bytes);
        bytes[8] = 1;
        bytes[9] = (byte)Channels;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(10), (ushort)PreSkip);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), InputSampleRate);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(16), OutputGain);
        bytes[18] = MappingFamily;
        Mapping.Span.CopyTo(bytes.AsSpan(FixedBytes));
        return bytes;
    }

    /// <summary>The payload of a dOps box.</summary>
    public byte[] ToBox()
    {
        byte[] bytes = new byte[BoxFixedBytes + Mapping.Length];
        bytes[1] = (byte)Channels;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)PreSkip);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), InputSampleRate);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(8), OutputGain);
        bytes[10] = MappingFamily;
        Mapping.Span.CopyTo(bytes.AsSpan(BoxFixedBytes));
        return bytes;
    }

    /// <summary>The track format; packets are 20 ms unless they say otherwise.</summary>
    public TrackFormat ToTrackFormat(ElementaryTrack track)
    {
        ArgumentNullException.ThrowIfNull(track);
        return new TrackFormat
        {
            Codec = Codec.Opus,
            Timescale = track.Timescale ?? new Timescale(OpusPacket.SampleRate),
            ClockBits = track.ClockBits,
            CaptureClock = track.CaptureClock,
            ParameterSets = [ToBytes()],
            Audio = new AudioFormat
            {
                SampleRate = OpusPacket.SampleRate,
                Channels = Channels,
                SamplesPerUnit = 960,
            },
        };
    }

    private OpusHeader? WithMapping(ReadOnlySpan<byte> family)
    {
        const int CountBytes = 2;
        if (Channels == 0 || (family[0] == 0 && Channels > 2))
        {
            return null;
        }

        if (family[0] == 0)
        {
            return this;
        }

        return family.Length - 1 < CountBytes + Channels
            ? null
            : this with
            {
                MappingFamily = family[0],
                Mapping = family.Slice(1, CountBytes + Channels).ToArray(),
            };
    }
}
