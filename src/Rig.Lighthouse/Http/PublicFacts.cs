using Rig.Cluster.Joining;
using Rig.Cluster.Processes;
using Rig.Lighthouse.Authority;
using Rig.Lighthouse.Etcd;
using Rig.Lighthouse.Setup;
using Rig.Lighthouse.Upkeep;

namespace Rig.Lighthouse.Http;

/// <summary>What everybody on the network may know.</summary>
internal sealed class PublicFacts(
    LighthouseOptions options,
    CertificateAuthority ca,
    GuardedProcess process,
    MemberMonitor monitor,
    Snapshots snapshots,
    UpkeepLoop upkeep,
    Counters counters
)
{
    /// <summary>Of joining; grows when an old client could not join any more.</summary>
    private const int Protocol = 1;

    public static string Version { get; } = typeof(PublicFacts).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    public RigDiscovery Discovery() =>
        new()
        {
            RigId = monitor.Facts.RigId,
            Lighthouse = monitor.Facts.Name,
            EtcdEndpoints = monitor.Endpoints,
            JoinAddress = monitor.Facts.JoinUrl,
            Lighthouses = monitor.DiscoveryUrls,
            Nodes = monitor.View.Nodes,
            Ca = ca.Pem,
            Versions = new RigVersions(Version, Protocol, monitor.View.Own?.Version),
        };

    public LighthouseStatus Status()
    {
        MemberView view = monitor.View;
        string NameOf(ulong id) => view.Members.FirstOrDefault(member => member.Id == id)?.Name ?? Id(id);
        return new LighthouseStatus
        {
            RigId = monitor.Facts.RigId,
            Name = monitor.Facts.Name,
            Version = Version,
            Healthy = view.IsHealthy,
            Etcd = new EtcdMemberStatus(
                process.ProcessId is not null,
                process.Restarts,
                view.Own?.Version,
                view.Own?.DbSize ?? 0,
                view.Own?.DbSizeInUse ?? 0,
                options.Quota,
                view.Own is { Leader: not 0 } own ? NameOf(own.Leader) : null,
                view.Away,
                process.LastEnd
            ),
            Members =
            [
                .. view.Members.Select(member => new RigMemberStatus(
                    member.Name,
                    Id(member.Id),
                    member.PeerUrls,
                    member.ClientUrls,
                    !member.IsLearner
                )),
            ],
            Alarms = [.. view.Alarms.Select(alarm => $"{alarm.Alarm} on {NameOf(alarm.MemberId)}")],
            LastSnapshot = snapshots.Last,
            Warnings = upkeep.Warning is { } warning ? [warning] : [],
            Requests = counters.Read(),
        };
    }

    private static string Id(ulong id) => $"{id:x16}";
}
