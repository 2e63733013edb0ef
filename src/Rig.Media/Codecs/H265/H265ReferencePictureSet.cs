using Rig.Media.Bits;

namespace Rig.Media.Codecs.H265;

/// <summary>
/// st_ref_pic_set() of ITU-T H.265 7.3.7. Only read over on the way to the VUI; but a predicted set is as long as the set that it is
/// predicted from, so the differences have to be followed (7.4.8, equations 7-61 and 7-62).
/// </summary>
internal readonly record struct H265ReferencePictureSet(int[] Negative, int[] Positive)
{
    private const int MaxPictures = 16;

    private int Count => Negative.Length + Positive.Length;

    /// <summary>Reads the set of an SPS that comes after <paramref name="previous"/>, null for the first.</summary>
    public static H265ReferencePictureSet Parse(ref BitReader reader, H265ReferencePictureSet? previous) =>
        previous is { } reference && reader.Flag() ? Predicted(ref reader, reference) : Explicit(ref reader);

    private static H265ReferencePictureSet Explicit(ref BitReader reader)
    {
        int negative = reader.Ue(MaxPictures);
        int positive = reader.Ue(MaxPictures - negative);
        return new H265ReferencePictureSet(Deltas(ref reader, negative, -1), Deltas(ref reader, positive, 1));
    }

    private static int[] Deltas(ref BitReader reader, int count, int sign)
    {
        int[] deltas = new int[count];
        int delta = 0;
        for (int i = 0; i < count; i++)
        {
            delta += sign * (reader.Ue(short.MaxValue) + 1); // delta_poc_s0_minus1, delta_poc_s1_minus1
            reader.Skip(1); // used_by_curr_pic flag
            deltas[i] = delta;
        }

        return deltas;
    }

    private static H265ReferencePictureSet Predicted(ref BitReader reader, H265ReferencePictureSet reference)
    {
        bool negative = reader.Flag(); // delta_rps_sign
        int step = reader.Ue(short.MaxValue) + 1; // abs_delta_rps_minus1
        int shift = negative ? -step : step;
        Span<bool> used = stackalloc bool[MaxPictures + 1];
        for (int j = 0; j <= reference.Count; j++)
        {
            // use_delta_flag is only sent, and may only be 0, when used_by_curr_pic_flag is 0.
            used[j] = reader.Flag() || reader.Flag();
        }

        List<int> deltas = new(MaxPictures + 1);
        for (int j = 0; j < reference.Count; j++)
        {
            int delta = j < reference.Negative.Length ? reference.Negative[j] : reference.Positive[j - reference.Negative.Length];
            if (used[j] && delta + shift != 0)
            {
                deltas.Add(delta + shift);
            }
        }

        if (used[reference.Count])
        {
            deltas.Add(shift);
        }

        if (deltas.Count > MaxPictures)
        {
            reader.Fail();
            return new H265ReferencePictureSet([], []);
        }

        // The order of the two equations is by distance: nearest first.
        deltas.Sort();
        int below = deltas.FindIndex(static delta => delta > 0);
        below = below < 0 ? deltas.Count : below;
        int[] nearestFirst = [.. deltas[..below]];
        Array.Reverse(nearestFirst);
        return new H265ReferencePictureSet(nearestFirst, [.. deltas[below..]]);
    }
}
