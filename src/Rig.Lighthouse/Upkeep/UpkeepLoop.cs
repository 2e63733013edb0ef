using Rig.Cluster;
using Rig.Cluster.Etcd;
using Rig.Lighthouse.Etcd;

namespace Rig.Lighthouse.Upkeep;

/// <summary>Does what <see cref="UpkeepPlan"/> decides, as long as the member is healthy.</summary>
internal sealed partial class UpkeepLoop(
    EtcdClient etcd,
    MemberMonitor monitor,
    Snapshots snapshots,
    long quota,
    TimeProvider time,
    ILogger<UpkeepLoop> log
)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    /// <summary>After a failure, so that a full disk is not tried without end.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    private DateTimeOffset? _defragmented;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;

    /// <summary>Null when all is well.</summary>
    public string? Warning { get; private set; }

    public async Task RunAsync(CancellationToken cancel)
    {
        using PeriodicTimer timer = new(Period, time);
        try
        {
            do
            {
                await OnceAsync(cancel);
            } while (await timer.WaitForNextTickAsync(cancel));
        }
        catch (OperationCanceledException)
        {
            // The lighthouse ends.
        }
    }

    private async Task OnceAsync(CancellationToken cancel)
    {
        MemberView view = monitor.View;
        if (view is not { IsHealthy: true, Own: { } own } || time.GetUtcNow() < _notBefore)
        {
            return;
        }

        bool noSpace = view.Alarms.Any(alarm => alarm.Alarm == "NOSPACE");
        UpkeepFacts facts = new(time.GetUtcNow(), snapshots.Last, _defragmented, own.DbSize, own.DbSizeInUse, quota, noSpace);
        string? warning = UpkeepPlan.Warning(facts);
        if (warning is not null && warning != Warning)
        {
            LogWarning(warning);
        }

        Warning = warning;
        try
        {
            foreach (UpkeepStep step in UpkeepPlan.Decide(facts))
            {
                await DoAsync(step, own, view, cancel);
            }
        }
        catch (Exception error) when (error is EtcdException or ClusterAwayException or IOException or UnauthorizedAccessException)
        {
            _notBefore = time.GetUtcNow() + Pause;
            LogFailed(error.Message, Pause.TotalMinutes);
        }
    }

    private async Task DoAsync(UpkeepStep step, EtcdStatus own, MemberView view, CancellationToken cancel)
    {
        switch (step)
        {
            case UpkeepStep.Snapshot:
                string file = await snapshots.TakeAsync(etcd, cancel);
                LogSnapshot(file);
                break;
            case UpkeepStep.Compact:
                await etcd.CompactAsync(own.Header.Revision, cancel);
                break;
            case UpkeepStep.Defragment:
                _defragmented = time.GetUtcNow();
                await etcd.DefragmentAsync(new Uri(monitor.Facts.ClientUrl), cancel);
                break;
            case UpkeepStep.Disarm:
                foreach (EtcdAlarm alarm in view.Alarms.Where(alarm => alarm.MemberId == own.Header.MemberId && alarm.Alarm == "NOSPACE"))
                {
                    await etcd.DisarmAsync(alarm, cancel);
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(step));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private partial void LogWarning(string warning);

    [LoggerMessage(Level = LogLevel.Information, Message = "Snapshot {File}")]
    private partial void LogSnapshot(string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking after etcd failed: {Reason} Tried again in {Minutes} min.")]
    private partial void LogFailed(string reason, double minutes);
}
