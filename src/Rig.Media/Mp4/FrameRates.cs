using Rig.Media.Formats;

namespace Rig.Media.Mp4;

/// <summary>Measures what `stsd` does not say: pictures a second, samples of an audio frame.</summary>
internal static class FrameRates
{
    /// <summary>The track's format with the rate filled in, when all its samples but the last are equally long.</summary>
    public static TrackFormat? Measure(Mp4Track track)
    {
        if (track.Format is not { } format || track.Count < 2 || track[0].Duration <= 0)
        {
            return track.Format;
        }

        int duration = track[0].Duration;
        for (int i = 1; i < track.Count - 1; i++)
        {
            if (track[i].Duration != duration)
            {
                return format;
            }
        }

        if (format.Video is { } video)
        {
            long divisor = (long)System.Numerics.BigInteger.GreatestCommonDivisor(track.Timescale.TicksPerSecond, duration);
            long numerator = track.Timescale.TicksPerSecond / divisor;
            return numerator > int.MaxValue
                ? format
                : format with
                {
                    Video = video with { FrameRate = new Ratio((int)numerator, (int)(duration / divisor)) },
                };
        }

        return format.Audio is { SamplesPerUnit: 0 } audio && audio.SampleRate == track.Timescale.TicksPerSecond
            ? format with
            {
                Audio = audio with { SamplesPerUnit = duration },
            }
            : format;
    }
}
