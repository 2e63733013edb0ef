using System.Globalization;
using Rig.Contracts.Nodes;

namespace Rig.Actors.Health;

/// <summary>Looks at the machine through the files of Linux: disk, thermal zones, power supplies. Never throws; what cannot be read is null.</summary>
public sealed class MachineProbe(string recordingsFolder, string systemFolder = "/sys")
{
    public MachineReadings Read(long bitsPerSecond) =>
        new()
        {
            Disk = ReadDisk(bitsPerSecond),
            Battery = ReadBattery(),
            Temperature = ReadTemperature(),
            Clock = new ClockStatus { Source = "none" },
        };

    private DiskStatus ReadDisk(long bitsPerSecond)
    {
        try
        {
            Directory.CreateDirectory(recordingsFolder);
            DriveInfo drive = new(recordingsFolder);
            long free = drive.AvailableFreeSpace;
            return new DiskStatus
            {
                Path = recordingsFolder,
                Writable = IsWritable(),
                FreeBytes = free,
                TotalBytes = drive.TotalSize,
                FreePercent = drive.TotalSize > 0 ? 100.0 * free / drive.TotalSize : 0,
                EstimatedMinutes = bitsPerSecond > 0 ? free * 8.0 / bitsPerSecond / 60 : null,
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new DiskStatus
            {
                Path = recordingsFolder,
                Writable = false,
                FreeBytes = 0,
                TotalBytes = 0,
                FreePercent = 0,
            };
        }
    }

    /// <summary>Only writing tells: a full, read-only or dying disk still lists its files.</summary>
    private bool IsWritable()
    {
        string probe = Path.Combine(recordingsFolder, $".writable-{Environment.ProcessId}");
        try
        {
            using FileStream file = new(probe, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            file.WriteByte(0);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private TemperatureStatus? ReadTemperature() =>
        Folders("class/thermal", "thermal_zone*")
            .Select(zone => (Celsius: Number(zone, "temp") / 1000, Name: Text(zone, "type") ?? Path.GetFileName(zone)))
            .Where(zone => zone.Celsius is > -50 and < 150)
            .OrderByDescending(zone => zone.Celsius)
            .Select(zone => new TemperatureStatus(zone.Celsius!.Value, zone.Name))
            .FirstOrDefault();

    private BatteryStatus? ReadBattery() =>
        Folders("class/power_supply", "*")
            .Where(supply => Text(supply, "type") == "Battery" && Number(supply, "capacity") is not null)
            .Select(supply => new BatteryStatus(Number(supply, "capacity")!.Value, Text(supply, "status") is "Charging" or "Full"))
            .OrderBy(battery => battery.Percent)
            .FirstOrDefault();

    private IEnumerable<string> Folders(string folder, string pattern)
    {
        string path = Path.Combine(systemFolder, folder);
        return Directory.Exists(path) ? Directory.EnumerateDirectories(path, pattern) : [];
    }

    private static double? Number(string folder, string file) =>
        double.TryParse(Text(folder, file), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;

    private static string? Text(string folder, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file)).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
