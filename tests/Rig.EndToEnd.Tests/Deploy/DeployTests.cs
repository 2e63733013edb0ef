using System.Diagnostics;
using Rig.EndToEnd.Tests.Support;

namespace Rig.EndToEnd.Tests.Deploy;

/// <summary>What is handed out to run the programs: images and units.</summary>
public sealed class DeployTests
{
    private static readonly string Check = Path.Combine(Programs.Root, "docker", "check");

    /// <summary>Most of it is Debian's packages, once.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(7);

    [ImageFact]
    public async Task The_nodes_image_has_what_the_node_needs_and_ends_when_told()
    {
        ProcessStartInfo start = new(Check, [Path.GetDirectoryName(Programs.Node)!])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        using CancellationTokenSource limit = new(Limit);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        Assert.True(process.ExitCode == 0, await output + await errors);
    }

    [SystemdFact]
    public async Task Systemd_finds_nothing_wrong_with_the_units_but_that_the_programs_are_not_installed()
    {
        string[] units = Directory.GetFiles(Path.Combine(Programs.Root, "deploy", "systemd"), "*.service");
        Assert.Equal(4, units.Length);
        (_, string output, string errors) = await Programs.RunAsync(
            "systemd-analyze",
            ["verify", "--man=no", "--recursive-errors=no", .. units]
        );
        Assert.DoesNotContain(
            (output + errors).Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => !line.Contains("is not executable: No such file", StringComparison.Ordinal)
        );
    }
}

/// <summary>A test that makes a Debian tree; skipped with the reason where that cannot be.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ImageFactAttribute : FactAttribute
{
    public ImageFactAttribute() =>
        Skip =
            !Environment.IsPrivilegedProcess ? "a Debian tree is made by root only"
            : !File.Exists("/usr/sbin/debootstrap") ? "debootstrap is not installed: apt-get install debootstrap"
            : null;
}

/// <summary>A test that asks systemd's checker; skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SystemdFactAttribute : FactAttribute
{
    public SystemdFactAttribute() => Skip = File.Exists("/usr/bin/systemd-analyze") ? null : "systemd-analyze is not installed";
}
