using Rig.Media.Codecs.Opus;
using Rig.Media.Formats;
using Rig.Media.Time;

namespace Rig.Media.MpegTs;

/// <summary>The channel_config_code of the Opus descriptor in a PMT, as an identification header (RFC 7845 5.1.1) says it.</summary>
internal static class OpusChannels
{
    private const int MaxChannels = 8;
    private const byte VorbisFamily = 1;
    private const byte IndependentFamily = 255;

    /// <summary>The format of a track.</summary>
    /// <param name="code">0: two independent channels, 1 to 8: channels in Vorbis order, else taken for stereo.</param>
    /// <param name="samples">Samples of each channel in a packet.</param>
    public static TrackFormat Format(int code, int samples)
    {
        int channels = code is > 0 and <= MaxChannels ? code : 2;

        // Pre-skip 0: a stream that is joined in the middle has no encoder delay to cut.
        OpusHeader header = new(channels, PreSkip: 0)
        {
            MappingFamily =
                code == 0 ? IndependentFamily
                : channels > 2 ? VorbisFamily
                : (byte)0,
            Mapping = code == 0 ? [2, 0, 0, 1] : Mapping(channels),
        };
        return new TrackFormat
        {
            Codec = Codec.Opus,
            Timescale = Timescale.Mpeg,
            ParameterSets = [header.ToBytes()],
            Audio = new AudioFormat
            {
                SampleRate = OpusPacket.SampleRate,
                Channels = channels,
                SamplesPerUnit = samples,
            },
        };
    }

    /// <summary>Streams, coupled streams, and the stream channel of each output channel (RFC 7845 5.1.1.2); none for mono and stereo.</summary>
    private static byte[] Mapping(int channels) =>
        channels switch
        {
            3 => [2, 1, 0, 2, 1],
            4 => [2, 2, 0, 1, 2, 3],
            5 => [3, 2, 0, 4, 1, 2, 3],
            6 => [4, 2, 0, 4, 1, 2, 3, 5],
            7 => [4, 3, 0, 4, 1, 2, 3, 5, 6],
            8 => [5, 3, 0, 6, 1, 2, 3, 4, 5, 7],
            _ => [],
        };
}
