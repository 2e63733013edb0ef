using System.Runtime.InteropServices;
using Rig.Cluster.Joining;
using Rig.Cluster.Processes;
using Rig.Lighthouse.Setup;

namespace Rig.Lighthouse.Etcd;

/// <summary>The command line of this lighthouse's etcd member. Pure.</summary>
internal static class MemberCommand
{
    /// <summary>History that watchers can catch up from after an absence; forgotten hourly by etcd itself.</summary>
    private const string History = "1h";

    public static GuardedCommand Build(LighthouseFile facts, DataFolder folder, LighthouseOptions options)
    {
        string client = Addresses.Url("https", options.Listen, facts.Ports.Client);
        string peer = Addresses.Url("https", options.Listen, facts.Ports.Peer);
        (string Flag, string Value)[] flags =
        [
            ("name", facts.Name),
            ("data-dir", folder.Etcd),
            ("listen-client-urls", client),
            ("advertise-client-urls", facts.ClientUrl),
            ("listen-peer-urls", peer),
            ("initial-advertise-peer-urls", facts.PeerUrl),
            ("initial-cluster", facts.InitialCluster),
            ("initial-cluster-state", facts.JoinedExisting ? "existing" : "new"),
            ("initial-cluster-token", facts.RigId),
            ("heartbeat-interval", $"{options.Profile.Heartbeat.TotalMilliseconds:0}"),
            ("election-timeout", $"{options.Profile.Election.TotalMilliseconds:0}"),
            ("quota-backend-bytes", $"{options.Quota}"),
            ("auto-compaction-mode", "periodic"),
            ("auto-compaction-retention", History),
            ("client-cert-auth", "true"),
            ("trusted-ca-file", folder.CaCertificate),
            ("cert-file", folder.Certificate),
            ("key-file", folder.Key),
            ("peer-client-cert-auth", "true"),
            ("peer-trusted-ca-file", folder.CaCertificate),
            ("peer-cert-file", folder.Certificate),
            ("peer-key-file", folder.Key),
            // A node's certificate opens the client port, not the peers': those want a lighthouse's name, from whichever address it comes.
            ("peer-cert-allowed-cn", RigCertificates.LighthouseName),
            ("experimental-peer-skip-client-san-verification", "true"),
            ("logger", "zap"),
            ("log-outputs", "stderr"),
        ];
        return new GuardedCommand(options.EtcdProgram, [.. flags.Select(flag => $"--{flag.Flag}={flag.Value}")])
        {
            Environment = Architecture(),
        };
    }

    /// <summary>etcd 3.4 starts on ARM (a Raspberry Pi) only when one says that one knows.</summary>
    private static Dictionary<string, string> Architecture() =>
        RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64
            ? new(StringComparer.Ordinal) { ["ETCD_UNSUPPORTED_ARCH"] = "arm64" }
            : new(StringComparer.Ordinal);
}
