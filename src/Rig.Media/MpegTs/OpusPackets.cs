using System.Buffers.Binary;
using Rig.Media.Formats;
using Rig.Media.Time;

namespace Rig.Media.MpegTs;

/// <summary>What a container must know of Opus packets: their length in time (RFC 6716 3.1) and the identification header (RFC 7845 5.1).</summary>
internal static class OpusPackets
{
    public const int SampleRate = 48_000;

    /// <summary>RFC 6716 3.2.5: a packet must not last longer than 120 ms.</summary>
    private const int MaxSamples = 5760;

    private const int HeaderSize = 19;
    private const int MaxChannels = 8;

    /// <summary>Streams, coupled streams and mapping of 1 to 8 channels in Vorbis order (RFC 7845 5.1.1.2).</summary>
    private static ReadOnlySpan<byte> Streams => [0, 1, 1, 2, 2, 3, 4, 4, 5];

    private static ReadOnlySpan<byte> Coupled => [0, 0, 1, 1, 2, 2, 2, 3, 3];

    /// <summary>Samples of each channel at 48 kHz; 0 when the packet is broken.</summary>
    public static int Samples(ReadOnlySpan<byte> packet)
    {
        if (packet.IsEmpty)
        {
            return 0;
        }

        int frames = (packet[0] & 3) switch
        {
            0 => 1,
            1 or 2 => 2,
            _ => packet.Length > 1 ? packet[1] & 63 : 0,
        };
        int total = frames * FrameSamples(packet[0] >> 3);
        return total <= MaxSamples ? total : 0;
    }

    /// <summary>The format of a track with a channel_config_code of the DVB descriptor (0: two independent channels, 1 to 8: channels in Vorbis order; else stereo).</summary>
    public static TrackFormat Format(int channelCode, int samples)
    {
        int channels = channelCode is > 0 and <= MaxChannels ? channelCode : 2;
        return new TrackFormat
        {
            Codec = Codec.Opus,
            Timescale = Timescale.Mpeg,
            ParameterSets = [IdentificationHeader(channels, dual: channelCode == 0)],
            Audio = new AudioFormat
            {
                SampleRate = SampleRate,
                Channels = channels,
                SamplesPerUnit = samples,
            },
        };
    }

    /// <summary>Pre-skip stays 0: a stream that is joined in the middle has no encoder delay to cut.</summary>
    private static byte[] IdentificationHeader(int channels, bool dual)
    {
        bool mapped = dual || channels > 2;
        byte[] header = new byte[HeaderSize + (mapped ? 2 + channels : 0)];
        "OpusHead"u8.CopyTo(header);
        header[8] = 1;
        header[9] = (byte)channels;
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), SampleRate);
        if (!mapped)
        {
            return header;
        }

        header[18] = dual ? byte.MaxValue : (byte)1;
        header[19] = dual ? (byte)2 : Streams[channels];
        header[20] = dual ? (byte)0 : Coupled[channels];
        ReadOnlySpan<byte> mapping = dual ? [0, 1] : Mapping(channels);
        mapping.CopyTo(header.AsSpan(21));
        return header;
    }

    private static ReadOnlySpan<byte> Mapping(int channels) =>
        channels switch
        {
            3 => [0, 2, 1],
            4 => [0, 1, 2, 3],
            5 => [0, 4, 1, 2, 3],
            6 => [0, 4, 1, 2, 3, 5],
            7 => [0, 4, 1, 2, 3, 5, 6],
            _ => [0, 6, 1, 2, 3, 4, 5, 7],
        };

    /// <summary>Table 2 of RFC 6716 at 48 kHz: SILK 10, 20, 40, 60 ms; hybrid 10, 20 ms; CELT 2.5, 5, 10, 20 ms.</summary>
    private static int FrameSamples(int configuration) =>
        configuration switch
        {
            < 12 => (configuration & 3) == 3 ? 2880 : 480 << (configuration & 3),
            < 16 => 480 << (configuration & 1),
            _ => 120 << (configuration & 3),
        };
}
