using System.Diagnostics;
using Rig.Contracts.Nodes;

namespace Rig.Node.Control;

/// <summary>What this process uses: processor since the last reading, memory, garbage collection. Any thread.</summary>
public sealed class ProcessMeter(TimeProvider time)
{
    /// <summary>Readings closer together than this give the last result: a share of nothing means nothing.</summary>
    private static readonly TimeSpan ShortestSpan = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private long _readAt = time.GetTimestamp();
    private TimeSpan _usedThen = Environment.CpuUsage.TotalTime;
    private double _cores;

    /// <param name="logBytes">Bytes of all GOP logs, passed through.</param>
    public ProcessStatus Read(long logBytes)
    {
        lock (_lock)
        {
            TimeSpan span = time.GetElapsedTime(_readAt);
            if (span >= ShortestSpan)
            {
                TimeSpan used = Environment.CpuUsage.TotalTime;
                _cores = (used - _usedThen) / span;
                _usedThen = used;
                _readAt = time.GetTimestamp();
            }

            using Process self = Process.GetCurrentProcess();
            return new ProcessStatus
            {
                CpuCores = Math.Round(_cores, 3),
                ResidentBytes = self.WorkingSet64,
                LogBytes = logBytes,
                GcPauseMs = GC.GetTotalPauseDuration().TotalMilliseconds,
            };
        }
    }
}
