namespace Rig.Media.Codecs.Opus;

/// <summary>The first byte or two of an Opus packet (RFC 6716 3.1, 3.2): how long it sounds.</summary>
public static class OpusPacket
{
    /// <summary>Opus always counts at 48 kHz (RFC 7845 4).</summary>
    public const int SampleRate = 48_000;

    /// <summary>120 ms, the longest packet (RFC 6716 3.2.5, R5).</summary>
    public const int MaxSamples = 5_760;

    /// <summary>Samples at 48 kHz of each channel; 0 when the packet is malformed.</summary>
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
            _ => packet.Length > 1 ? packet[1] & 0x3F : 0,
        };
        int samples = frames * FrameSamples(packet[0] >> 3);
        return samples <= MaxSamples ? samples : 0;
    }

    /// <summary>Table 2 of RFC 6716: SILK 10 to 60 ms, hybrid 10 or 20 ms, CELT 2.5 to 20 ms.</summary>
    private static int FrameSamples(int configuration) =>
        configuration switch
        {
            < 12 => (configuration & 3) == 3 ? 2_880 : 480 << (configuration & 3),
            < 16 => 480 << (configuration & 1),
            _ => 120 << (configuration & 3),
        };
}
