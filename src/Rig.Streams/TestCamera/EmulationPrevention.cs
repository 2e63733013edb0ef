namespace Rig.Streams.TestCamera;

/// <summary>emulation_prevention_three_byte (H.264 7.4.1): no three bytes of a NAL unit may look like a start code.</summary>
internal static class EmulationPrevention
{
    private static ReadOnlySpan<byte> TwoZeros => [0, 0];

    /// <summary>The most bytes that <paramref name="length"/> bytes can become.</summary>
    public static int MaxLength(int length) => length + (length / 2) + 1;

    /// <summary>Copies a NAL unit's bytes and puts a 3 where the standard demands one.</summary>
    /// <returns>The bytes written.</returns>
    public static int Write(ReadOnlySpan<byte> raw, Span<byte> nal)
    {
        int written = 0;
        while (true)
        {
            int zeros = raw.IndexOf(TwoZeros);
            if (zeros < 0 || zeros + 2 == raw.Length)
            {
                raw.CopyTo(nal[written..]);
                return written + raw.Length;
            }

            int whole = zeros + 2;
            raw[..whole].CopyTo(nal[written..]);
            written += whole;
            raw = raw[whole..];
            if (raw[0] <= 3)
            {
                nal[written++] = 3;
            }
        }
    }
}
