using System.Globalization;

namespace Rig.Streams.Transcoding;

/// <summary>How busy all processors of the machine were since the last reading: <c>/proc/stat</c> (proc(5)). One thread.</summary>
public sealed class MachineLoad(string path = "/proc/stat")
{
    /// <summary>Fields of the line "cpu": idle and I/O wait are the fourth and fifth.</summary>
    private const int Idle = 4;
    private const int Waiting = 5;

    /// <summary>user, nice, system, idle, iowait, irq, softirq, steal; what follows is contained in the first two.</summary>
    private const int Counted = 8;

    private long _busy;
    private long _all;

    /// <summary>0 to 1; 0 at the first reading and where it cannot be read.</summary>
    public double Read()
    {
        try
        {
            string[] fields = File.ReadLines(path).First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
            long all = 0;
            long idle = 0;
            for (int i = 1; i <= Counted && i < fields.Length; i++)
            {
                long ticks = long.Parse(fields[i], CultureInfo.InvariantCulture);
                all += ticks;
                idle += i is Idle or Waiting ? ticks : 0;
            }

            (long busyBefore, long allBefore) = (_busy, _all);
            (_busy, _all) = (all - idle, all);
            return allBefore == 0 || all == allBefore ? 0 : (double)(_busy - busyBefore) / (all - allBefore);
        }
        catch (Exception unreadable) when (unreadable is IOException or FormatException or InvalidOperationException)
        {
            return 0;
        }
    }
}
