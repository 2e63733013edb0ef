using System.CommandLine;
using Rig.Cluster.Joining;
using Rig.Lighthouse.Authority;
using Rig.Lighthouse.Etcd;
using Rig.Lighthouse.Setup;
using Rig.Lighthouse.Tokens;
using Rig.Lighthouse.Upkeep;

namespace Rig.Lighthouse.Commands;

/// <summary><c>lighthouse replace</c>: takes a dead lighthouse out and prints a token for the one in its place.</summary>
internal static class ReplaceCommand
{
    private static readonly TimeSpan TokenLife = TimeSpan.FromHours(1);

    public static Command Create(RunFlags flags)
    {
        Argument<string> name = new("name") { Description = "Name of the dead lighthouse, as rig lighthouse status shows it." };
        Command command = new("replace", "Takes a dead lighthouse out of the rig and prints a token for the one in its place.") { name };
        command.SetAction(
            (parsed, cancel) =>
                Guarded.RunAsync(async () =>
                {
                    using DataFolder folder = DataFolder.Peek(parsed.GetValue(flags.Data)!);
                    JoinToken token = await RunAsync(folder, parsed.GetRequiredValue(name), flags.Read(parsed).SnapshotsKept, cancel);
                    await Console.Out.WriteLineAsync(token.ToString());
                    return ExitCodes.Ok;
                })
        );
        return command;
    }

    private static async Task<JoinToken> RunAsync(DataFolder folder, string name, int snapshotsKept, CancellationToken cancel)
    {
        LighthouseFile facts = LighthouseFile.Load(folder);
        if (name == facts.Name)
        {
            throw new SetupException($"{name} is this lighthouse. Run the command on another one.");
        }

        using CertificateAuthority ca = CertificateAuthority.Load(folder, TimeProvider.System);
        using EtcdAccess access = EtcdAccess.Open(folder, facts, TimeProvider.System);
        using Snapshots snapshots = new(folder, facts, ca, snapshotsKept, TimeProvider.System);
        using Membership membership = new(access.Client, snapshots, TimeProvider.System);
        TokenDesk tokens = new(access.Client, facts.RigId, TimeProvider.System);
        LighthouseRecord? record = await tokens.FindLighthouseAsync(name, cancel);
        bool removed = await membership.RemoveAsync(name, record?.MemberId, cancel);
        if (!removed && record is null)
        {
            throw new SetupException($"The rig has no lighthouse {name}. See rig lighthouse status.");
        }

        await tokens.ForgetLighthouseAsync(name, cancel);
        return await tokens.IssueAsync(JoinRole.Lighthouse, TokenLife, null, ca.Fingerprint, cancel);
    }
}
