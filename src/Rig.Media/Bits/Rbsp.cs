namespace Rig.Media.Bits;

/// <summary>Emulation prevention of NAL units (H.264 7.4.1.1, H.265 7.4.2): 00 00 03 in the unit stands for 00 00 in its payload.</summary>
public static class Rbsp
{
    private static ReadOnlySpan<byte> Escape => [0, 0, 3];

    /// <summary>
    /// Copies a NAL unit without its emulation prevention bytes. Stops when <paramref name="target"/> is full: headers are read from
    /// the beginning of a slice.
    /// </summary>
    /// <returns>Bytes written.</returns>
    public static int Unescape(ReadOnlySpan<byte> nal, Span<byte> target)
    {
        int written = 0;
        while (true)
        {
            int escape = nal.IndexOf(Escape);
            ReadOnlySpan<byte> plain = escape < 0 ? nal : nal[..(escape + 2)];
            int count = Math.Min(plain.Length, target.Length - written);
            plain[..count].CopyTo(target[written..]);
            written += count;
            if (escape < 0 || written == target.Length)
            {
                return written;
            }

            nal = nal[(escape + 3)..];
        }
    }

    /// <summary>Writes a payload with emulation prevention; <paramref name="target"/> needs half as much again.</summary>
    /// <returns>Bytes written.</returns>
    public static int Prevent(ReadOnlySpan<byte> rbsp, Span<byte> target)
    {
        int written = 0;
        int zeros = 0;
        foreach (byte value in rbsp)
        {
            if (zeros == 2 && value <= 3)
            {
                target[written++] = 3;
                zeros = 0;
            }

            target[written++] = value;
            zeros = value == 0 ? zeros + 1 : 0;
        }

        return written;
    }
}
