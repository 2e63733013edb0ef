using System.Globalization;

namespace Rig.Bench.Load;

/// <summary>What processes have used, from <c>/proc</c>: time of all their threads and of children that they waited for, and memory as proportional set size.</summary>
internal static class Usage
{
    /// <summary>Clock ticks a second of <c>/proc/PID/stat</c>: 100 on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Processor seconds since the processes began.</summary>
    public static double CpuSeconds(IEnumerable<int> processes) => processes.SelectMany(Tree).Sum(OwnCpuSeconds);

    /// <summary>Proportional set size in MiB.</summary>
    public static double MemoryMiB(IEnumerable<int> processes) => processes.SelectMany(Tree).Sum(OwnMemoryMiB);

    private static IEnumerable<int> Tree(int process)
    {
        yield return process;
        string[] children = Directory.Exists($"/proc/{process}/task")
            ?
            [
                .. Directory
                    .EnumerateDirectories($"/proc/{process}/task")
                    .SelectMany(task => Read(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)),
            ]
            : [];
        foreach (int descendant in children.SelectMany(child => Tree(int.Parse(child, CultureInfo.InvariantCulture))))
        {
            yield return descendant;
        }
    }

    /// <summary>utime, stime, cutime, cstime: fields 14 to 17 of proc(5), counted after the name in parentheses.</summary>
    private static double OwnCpuSeconds(int process)
    {
        string stat = Read($"/proc/{process}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length < 15 ? 0 : fields[11..15].Sum(field => double.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    private static double OwnMemoryMiB(int process) =>
        Read($"/proc/{process}/smaps_rollup")
            .Split('\n')
            .Where(line => line.StartsWith("Pss:", StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024);

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
