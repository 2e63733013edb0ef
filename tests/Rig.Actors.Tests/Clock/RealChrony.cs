using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Rig.Actors.Tests.Support;

namespace Rig.Actors.Tests.Clock;

/// <summary>
/// A chronyd with the configuration of deploy/chrony, in a folder of its own and on ports of its own. <c>-x</c>: it watches the system's clock and does not
/// touch it.
/// </summary>
internal sealed class RealChrony : IAsyncDisposable
{
    private readonly Process _process;

    private RealChrony(Process process, string socket) => (_process, Socket) = (process, socket);

    /// <summary>Where chronyc asks it.</summary>
    public string Socket { get; }

    /// <summary>Null when it can run here.</summary>
    public static string? WhyNot =>
        !Environment.IsPrivilegedProcess ? "chronyd runs as root only"
        : Find("chronyd") is null || Find("chronyc") is null ? "chrony is not installed: apt-get install chrony"
        : null;

    public static int FreePort()
    {
        using Socket probe = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    /// <param name="arguments">As given to rig-clock-promote.</param>
    /// <param name="edit">Changes the lines that would leave this machine or take minutes.</param>
    public static async Task<RealChrony> StartAsync(
        TemporaryFolder folder,
        string name,
        int port,
        string[] arguments,
        Func<string, string> edit
    )
    {
        string root = Directory.CreateDirectory(folder[name]).FullName;
        ProcessStartInfo promote = new(Path.Combine(Repository, "deploy", "rig-clock-promote"), ["--root", root, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            Environment = { ["RIG_CLOCK_PORT"] = $"{port}", ["RIG_CLOCK_COMMANDS"] = "0" },
        };
        using (Process promotion = Process.Start(promote)!)
        {
            string errors = await promotion.StandardError.ReadToEndAsync();
            await promotion.WaitForExitAsync();
            Assert.True(promotion.ExitCode == 0, errors);
        }

        string file = Path.Combine(root, "etc", "recorder-rig", "chrony.conf");
        await File.WriteAllTextAsync(file, edit(await File.ReadAllTextAsync(file)));
        string run = Path.Combine(root, "run", "recorder-rig-clock");
        // chronyd takes a socket only in a folder that nobody else can write to.
        if (OperatingSystem.IsLinux())
        {
            File.SetUnixFileMode(run, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        ProcessStartInfo start = new(Find("chronyd")!, ["-x", "-d", "-u", "root", "-f", file])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return new RealChrony(process, Path.Combine(run, "chronyd.sock"));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string? Find(string program) =>
        new[] { "/usr/sbin", "/usr/bin" }.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static string Repository { get; } = FindRepository();

    private static string FindRepository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "RecorderRig.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("RecorderRig.sln is in no folder above the tests.");
    }
}

/// <summary>A test that runs chronyd; skipped with the reason where it cannot.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChronyFactAttribute : FactAttribute
{
    public ChronyFactAttribute() => Skip = RealChrony.WhyNot;
}
