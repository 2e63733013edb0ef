using System.Globalization;
using Rig.Media.Tests.Support;

namespace Rig.Media.Tests.Mp4;

/// <summary>A packet as ffprobe sees it.</summary>
public sealed record ProbedPacket(int Stream, long Presentation, long Decode, int Size, bool IsKey);

/// <summary>Asks ffprobe and ffmpeg about bytes.</summary>
public static class Probe
{
    public static async Task<List<ProbedPacket>> Packets(byte[] file, bool ignoreEdits = false)
    {
        string output = await Run(
            file,
            path =>
                [
                    "ffprobe",
                    "-v",
                    "error",
                    "-ignore_editlist",
                    ignoreEdits ? "1" : "0",
                    "-show_packets",
                    "-show_entries",
                    "packet=stream_index,pts,dts,size,flags",
                    "-of",
                    "csv=p=0",
                    path,
                ]
        );
        return
        [
            .. output
                .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(line => line.Split(','))
                .Select(cells => new ProbedPacket(
                    int.Parse(cells[0], CultureInfo.InvariantCulture),
                    Number(cells[1]),
                    Number(cells[2]),
                    int.Parse(cells[3], CultureInfo.InvariantCulture),
                    cells[4].Contains('K', StringComparison.Ordinal)
                )),
        ];
    }

    /// <summary>The value of an entry of the first line that ffprobe prints for it.</summary>
    public static async Task<string> Entry(byte[] file, string entries, string stream = "")
    {
        string output = await Run(
            file,
            path =>
                [
                    "ffprobe",
                    "-v",
                    "error",
                    .. stream.Length > 0 ? ["-select_streams", stream] : Array.Empty<string>(),
                    "-show_entries",
                    entries,
                    "-of",
                    "csv=p=0",
                    path,
                ]
        );
        return output.Trim();
    }

    /// <summary>Presentation times of the decoded pictures that are shown.</summary>
    public static async Task<long[]> ShownPictures(byte[] file)
    {
        string output = await Entry(file, "frame=pts", "v:0");
        return
        [
            .. output
                .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(line => long.Parse(line.Trim(','), CultureInfo.InvariantCulture)),
        ];
    }

    /// <summary>MD5 of every decoded frame of a stream, edit lists ignored.</summary>
    public static async Task<string[]> FrameHashes(byte[] file, string map, bool edits = true)
    {
        string output = await Run(
            file,
            path =>
                [
                    "ffmpeg",
                    "-v",
                    "error",
                    .. edits ? ["-ignore_editlist", "1"] : Array.Empty<string>(),
                    "-i",
                    path,
                    "-map",
                    map,
                    "-fps_mode",
                    "passthrough",
                    "-f",
                    "framemd5",
                    "-",
                ]
        );
        return [.. output.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(',')[^1].Trim())];
    }

    /// <summary>Writes the bytes to a file of their own, runs a program on it, and returns its output; the program must succeed.</summary>
    public static async Task<string> Run(byte[] file, Func<string, string[]> command)
    {
        string path = Path.Combine(Path.GetTempPath(), $"rig-{Guid.NewGuid():N}.mp4");
        try
        {
            await File.WriteAllBytesAsync(path, file);
            string[] line = command(path);
            ToolResult result = await Tools.Run(line[0], line[1..]);
            Assert.True(result.ExitCode == 0, $"{line[0]} failed: {result.Errors}");
            return result.Text;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static long Number(string cell) => long.TryParse(cell, CultureInfo.InvariantCulture, out long value) ? value : long.MinValue;
}
