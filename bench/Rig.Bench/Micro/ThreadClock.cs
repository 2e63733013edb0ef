using System.Runtime.InteropServices;

namespace Rig.Bench.Micro;

/// <summary>Processor time of the calling thread: clock_gettime(2) with CLOCK_THREAD_CPUTIME_ID.</summary>
internal static partial class ThreadClock
{
    private const int ThreadCpuTime = 3;

    public static TimeSpan Now
    {
        get
        {
            const double NanosecondsPerTick = 100;
            _ = clock_gettime(ThreadCpuTime, out TimeSpec time);
            return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks((long)(time.Nanoseconds / NanosecondsPerTick));
        }
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
