using System.CommandLine;
using Rig.Lighthouse.Authority;
using Rig.Lighthouse.Etcd;
using Rig.Lighthouse.Setup;
using Rig.Lighthouse.Upkeep;

namespace Rig.Lighthouse.Commands;

/// <summary><c>lighthouse snapshot</c>: takes one now.</summary>
internal static class SnapshotCommand
{
    public static Command Create(RunFlags flags)
    {
        Command command = new(
            "snapshot",
            "Takes a snapshot of the rig's state now and prints its path. Copy it with rig-secrets.json beside it."
        );
        command.SetAction(
            (parsed, cancel) =>
                Guarded.RunAsync(async () =>
                {
                    using DataFolder folder = DataFolder.Peek(parsed.GetValue(flags.Data)!);
                    LighthouseFile facts = LighthouseFile.Load(folder);
                    using CertificateAuthority ca = CertificateAuthority.Load(folder, TimeProvider.System);
                    using EtcdAccess access = EtcdAccess.Open(folder, facts, TimeProvider.System);
                    using Snapshots snapshots = new(folder, facts, ca, flags.Read(parsed).SnapshotsKept, TimeProvider.System);
                    await Console.Out.WriteLineAsync(await snapshots.TakeAsync(access.Client, cancel));
                    return ExitCodes.Ok;
                })
        );
        return command;
    }
}
