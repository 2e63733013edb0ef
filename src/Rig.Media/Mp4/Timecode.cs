using Rig.Media.Formats;
using Rig.Media.Time;

namespace Rig.Media.Mp4;

/// <summary>
/// The time of day at which a presentation begins, counted in frames (SMPTE ST 12-1; QuickTime File Format, "Timecode Media"). The file
/// holds the count of frames since midnight; in drop-frame counting players skip the labels ;00 and ;01 of nine minutes in ten, which
/// keeps the label within two frames of the clock.
/// </summary>
/// <param name="Timescale">Ticks a second of the timecode's clock.</param>
/// <param name="FrameDuration">Ticks of one frame.</param>
/// <param name="FramesPerSecond">Labels a second, the rate rounded up.</param>
/// <param name="FirstFrame">Frames since midnight of the first label.</param>
internal readonly record struct Timecode(uint Timescale, uint FrameDuration, int FramesPerSecond, bool DropFrame, uint FirstFrame)
{
    private const long Second = 1_000_000_000;
    private const long Day = 86_400 * Second;

    /// <summary>The greatest rate whose labels fit the byte of the sample entry.</summary>
    private const int MaxRate = 240;

    /// <summary>Rate of the labels when neither format nor settings name one.</summary>
    private static readonly Ratio FallbackRate = new(25, 1);

    public static Timecode At(UtcInstant start, TimecodeSettings settings, Ratio? formatRate)
    {
        Ratio rate = settings.FrameRate ?? formatRate ?? FallbackRate;
        if (rate.Numerator <= 0 || rate.Denominator <= 0 || rate.Value > MaxRate || rate.Value < 1)
        {
            rate = FallbackRate;
        }

        int labels = (int)Math.Ceiling(rate.Value);
        bool drops = settings.DropFrame && rate.Denominator != 1 && labels % 30 == 0 && IsNtsc(rate, labels);
        long timeOfDay = (start.Nanoseconds + (settings.UtcOffset.Ticks * 100)) % Day;
        timeOfDay += timeOfDay < 0 ? Day : 0;
        long frame = drops
            ? Timescale64(timeOfDay, rate.Numerator, rate.Denominator)
            : (timeOfDay / Second * labels) + Math.Min(labels - 1, Timescale64(timeOfDay % Second, rate.Numerator, rate.Denominator));
        return new Timecode((uint)rate.Numerator, (uint)rate.Denominator, labels, drops, (uint)frame);
    }

    private static bool IsNtsc(Ratio rate, int labels) => (long)rate.Numerator * 1001 == (long)rate.Denominator * labels * 1000;

    /// <summary>Frames that have begun after so many nanoseconds; half a frame counts, so that a clock's jitter does not move the label.</summary>
    private static long Timescale64(long nanoseconds, int numerator, int denominator) =>
        Rig.Media.Time.Timescale.Scale(nanoseconds, numerator, denominator * Second);
}
