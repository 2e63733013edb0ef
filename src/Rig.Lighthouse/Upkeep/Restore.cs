using System.Security.Cryptography;
using System.Text.Json;
using Rig.Cluster.Processes;
using Rig.Lighthouse.Authority;
using Rig.Lighthouse.Setup;

namespace Rig.Lighthouse.Upkeep;

/// <summary>Makes a data folder from a snapshot: a cluster of one member, with the rig's id and CA.</summary>
internal static class Restore
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <exception cref="SetupException">It cannot be restored; the folder is as it was.</exception>
    public static async Task<LighthouseFile> RunAsync(
        LighthouseOptions options,
        string snapshot,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        if (!File.Exists(snapshot))
        {
            throw new SetupException($"{snapshot} is not there. Snapshots are in the folder snapshots of a lighthouse.");
        }

        using DataFolder folder = DataFolder.Open(options.Data);
        LighthouseFile? before = File.Exists(folder.FactsFile) ? LighthouseFile.Load(folder) : null;
        RigSecrets? secrets = before is null ? ReadSecrets(snapshot) : null;
        LighthouseFile facts = Preparation.Found(
            before is null ? options : options with { Ports = before.Ports },
            before?.RigId ?? secrets!.RigId
        );
        string part = folder.Etcd + ".restored";
        Delete(part);
        await RunToolAsync(options, facts, snapshot, part, time, cancel);
        if (secrets is not null)
        {
            AdoptCa(secrets, folder, time);
        }

        if (Directory.Exists(folder.Etcd))
        {
            Directory.Move(
                folder.Etcd,
                $"{folder.Etcd}.before-{time.GetUtcNow():yyyyMMddHHmmss}-{Guid.NewGuid():N}"[..(folder.Etcd.Length + 27)]
            );
        }

        Directory.Move(part, folder.Etcd);
        facts.Save(folder);
        return facts;
    }

    private static async Task RunToolAsync(
        LighthouseOptions options,
        LighthouseFile facts,
        string snapshot,
        string target,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        string[] arguments =
        [
            "snapshot",
            "restore",
            snapshot,
            $"--data-dir={target}",
            $"--name={facts.Name}",
            $"--initial-cluster={facts.InitialCluster}",
            $"--initial-cluster-token={facts.RigId}",
            $"--initial-advertise-peer-urls={facts.PeerUrl}",
        ];
        ToolResult result = await ToolProcess.RunAsync(
            new GuardedCommand(options.EtcdctlProgram, arguments)
            {
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["ETCDCTL_API"] = "3" },
            },
            Patience,
            time,
            cancel
        );
        if (result.Code != 0)
        {
            Delete(target);
            throw new SetupException(
                $"The snapshot cannot be restored: {string.Join(' ', result.Lines.TakeLast(3))} "
                    + "Take another snapshot; etcdctl must be installed (apt-get install etcd-client)."
            );
        }
    }

    private static RigSecrets ReadSecrets(string snapshot)
    {
        string path = Path.Combine(Path.GetDirectoryName(snapshot)!, Snapshots.SecretsFile);
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), SetupJson.Default.RigSecrets) ?? throw new JsonException("null");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new SetupException(
                $"A new lighthouse needs the rig's CA, and {path} cannot be read: {error.Message} Copy {Snapshots.SecretsFile} beside the snapshot.",
                error
            );
        }
    }

    private static void AdoptCa(RigSecrets secrets, DataFolder folder, TimeProvider time)
    {
        try
        {
            using CertificateAuthority ca = CertificateAuthority.Import(secrets.Ca, secrets.CaKey, time);
            ca.Save(folder);
        }
        catch (CryptographicException error)
        {
            throw new SetupException($"{Snapshots.SecretsFile} is damaged: {error.Message} Copy it again from another snapshot.", error);
        }
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
