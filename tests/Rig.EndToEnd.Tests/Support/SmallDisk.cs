using System.Diagnostics;
using System.Globalization;

namespace Rig.EndToEnd.Tests.Support;

/// <summary>A file system in memory that is soon full. Unmounted when disposed.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _ballast;

    private SmallDisk(string path)
    {
        Path = path;
        _ballast = System.IO.Path.Combine(path, "ballast");
    }

    /// <summary>Why no file system can be mounted here; null when one can.</summary>
    public static string? WhyNot { get; } = Try();

    public string Path { get; }

    public static async Task<SmallDisk> MountAsync(int megabytes)
    {
        string path = Directory.CreateTempSubdirectory("rig-e2e-disk-").FullName;
        string size = string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m");
        await Programs.OutputAsync("mount", "-t", "tmpfs", "-o", size, "rig-e2e", path);
        return new SmallDisk(path);
    }

    /// <summary>Takes all space but so much.</summary>
    public async Task LeaveAsync(int megabytes)
    {
        long bytes = new DriveInfo(Path).AvailableFreeSpace - (megabytes * 1_000_000L);
        await Programs.OutputAsync("fallocate", "-l", bytes.ToString(CultureInfo.InvariantCulture), _ballast);
    }

    /// <summary>Gives the space back.</summary>
    public void Free() => File.Delete(_ballast);

    public async ValueTask DisposeAsync()
    {
        await Programs.OutputAsync("umount", "-l", Path);
        Directory.Delete(Path);
    }

    private static string? Try()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return "only root may mount a small file system";
        }

        string folder = Directory.CreateTempSubdirectory("rig-mount-").FullName;
        using Process mount = Process.Start(
            new ProcessStartInfo("mount", ["-t", "tmpfs", "-o", "size=1m", "rig-e2e", folder])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
            }
        )!;
        string error = mount.StandardError.ReadToEnd();
        mount.WaitForExit();
        if (mount.ExitCode == 0)
        {
            using Process unmount = Process.Start("umount", [folder]);
            unmount.WaitForExit();
        }

        Directory.Delete(folder);
        return mount.ExitCode == 0 ? null : $"no file system can be mounted here: {error.Trim()}";
    }
}
