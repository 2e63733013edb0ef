using System.CommandLine;
using Rig.Cluster.Joining;
using Rig.Lighthouse.Authority;
using Rig.Lighthouse.Etcd;
using Rig.Lighthouse.Setup;
using Rig.Lighthouse.Tokens;

namespace Rig.Lighthouse.Commands;

/// <summary><c>lighthouse token</c>: prints a token, once.</summary>
internal static class TokenCommand
{
    public static Command Create(RunFlags flags)
    {
        Option<TimeSpan> ttl = new("--ttl")
        {
            Description = "How long it may be used: 30s, 10m, 1h, 1d.",
            DefaultValueFactory = _ => TimeSpan.FromHours(1),
            CustomParser = Durations.Parse,
        };
        Option<string> role = new("--role") { Description = "What it lets in: camera or lighthouse.", DefaultValueFactory = _ => "camera" };
        role.AcceptOnlyFromAmong("camera", "lighthouse");
        Option<string?> node = new("--node") { Description = "Lets in this node only, also in place of an old one with that id." };
        Command command = new("token", "Prints a token that lets one node or lighthouse into the rig, once.") { ttl, role, node };
        command.SetAction(
            (parsed, cancel) =>
                Guarded.RunAsync(async () =>
                {
                    JoinRole wanted = parsed.GetValue(role) == "lighthouse" ? JoinRole.Lighthouse : JoinRole.Camera;
                    using DataFolder folder = DataFolder.Peek(parsed.GetValue(flags.Data)!);
                    JoinToken token = await IssueAsync(folder, wanted, parsed.GetValue(ttl), parsed.GetValue(node), cancel);
                    await Console.Out.WriteLineAsync(token.ToString());
                    return ExitCodes.Ok;
                })
        );
        return command;
    }

    /// <summary>Makes a token with the rights of who can read the lighthouse's folder.</summary>
    public static async Task<JoinToken> IssueAsync(DataFolder folder, JoinRole role, TimeSpan ttl, string? node, CancellationToken cancel)
    {
        LighthouseFile facts = LighthouseFile.Load(folder);
        using CertificateAuthority ca = CertificateAuthority.Load(folder, TimeProvider.System);
        using EtcdAccess access = EtcdAccess.Open(folder, facts, TimeProvider.System);
        return await new TokenDesk(access.Client, facts.RigId, TimeProvider.System).IssueAsync(role, ttl, node, ca.Fingerprint, cancel);
    }
}
