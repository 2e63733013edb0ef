using Rig.Media.Time;

namespace Rig.Media.Formats;

/// <summary>How long a track's units take as far as its format tells.</summary>
public static class UnitDuration
{
    /// <summary>Pictures a second where nothing tells: between those of film and of NTSC.</summary>
    private const int FallbackRate = 25;

    /// <summary>Ticks of one unit by the announced frame rate or samples a frame; a twenty-fifth of a second where there is neither. At least 1.</summary>
    public static int NominalUnitTicks(this TrackFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        uint scale = format.Timescale.TicksPerSecond;
        if (format.Video?.FrameRate is { Numerator: > 0, Denominator: > 0 } rate)
        {
            return (int)Math.Clamp(Timescale.Scale(scale, rate.Denominator, rate.Numerator), 1, int.MaxValue);
        }

        if (format.Audio is { SamplesPerUnit: > 0, SampleRate: > 0 } audio)
        {
            return (int)Math.Clamp(Timescale.Scale(audio.SamplesPerUnit, scale, audio.SampleRate), 1, int.MaxValue);
        }

        return (int)Math.Max(1, scale / FallbackRate);
    }
}
