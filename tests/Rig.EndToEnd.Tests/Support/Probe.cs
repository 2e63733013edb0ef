using System.Globalization;
using System.Text.Json;

namespace Rig.EndToEnd.Tests.Support;

/// <summary>What ffprobe and ffmpeg say of a file: the judgement of tools that nobody here wrote.</summary>
internal static class Probe
{
    /// <summary>Pictures that a player shows.</summary>
    public static async Task<long> FramesAsync(string file) => (await VideoAsync(file, "nb_read_frames", "-count_frames")).ParseLong();

    /// <summary>Seconds that the file lasts.</summary>
    public static async Task<double> DurationAsync(string file)
    {
        string text = await Programs.OutputAsync("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", file);
        return double.Parse(text.Trim(), CultureInfo.InvariantCulture);
    }

    /// <summary>The timecode of the video track, from the file's timecode track: <c>HH:MM:SS:FF</c>.</summary>
    public static async Task<string> TimecodeAsync(string file) => await VideoAsync(file, "stream_tags=timecode");

    /// <summary>Names of the file's chapters.</summary>
    public static async Task<IReadOnlyList<string>> ChaptersAsync(string file)
    {
        string text = await Programs.OutputAsync("ffprobe", "-v", "error", "-show_chapters", "-of", "json", file);
        using JsonDocument document = JsonDocument.Parse(text);
        return
        [
            .. document
                .RootElement.GetProperty("chapters")
                .EnumerateArray()
                .Select(chapter => chapter.GetProperty("tags").GetProperty("title").GetString()!),
        ];
    }

    /// <summary>
    /// A hash of the coded slices of every picture, in decoding order, hidden ones too. Parameter sets and delimiters are left out: containers
    /// keep them in different places.
    /// </summary>
    public static Task<IReadOnlyList<string>> PictureHashesAsync(string file) =>
        HashesAsync(file, "0:v:0", "-bsf:v", file.EndsWith(".mp4", StringComparison.Ordinal) ? $"h264_mp4toannexb,{Slices}" : Slices);

    /// <summary>A hash of every raw AAC frame.</summary>
    public static async Task<IReadOnlyList<string>> SoundHashesAsync(string file)
    {
        if (!file.EndsWith(".mp4", StringComparison.Ordinal))
        {
            return await HashesAsync(file, "0:a:0", "-bsf:a", "aac_adtstoasc");
        }

        string kinds = await Programs.OutputAsync("ffprobe", "-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0", file);
        return kinds.Contains("audio", StringComparison.Ordinal) ? await HashesAsync(file, "0:a:0") : [];
    }

    /// <summary>The units of all files joined are those of the clip, or so many of them from its beginning.</summary>
    public static async Task EqualAsync(string clip, IReadOnlyList<string> files, int? atLeast = null)
    {
        List<string> pictures = [];
        List<string> sounds = [];
        foreach (string file in files)
        {
            pictures.AddRange(await PictureHashesAsync(file));
            sounds.AddRange(await SoundHashesAsync(file));
        }

        IReadOnlyList<string> wantedPictures = await PictureHashesAsync(clip);
        IReadOnlyList<string> wantedSounds = await SoundHashesAsync(clip);
        Assert.InRange(pictures.Count, atLeast ?? wantedPictures.Count, wantedPictures.Count);
        Assert.InRange(sounds.Count, atLeast ?? wantedSounds.Count, wantedSounds.Count);
        Assert.Equal(wantedPictures.Take(pictures.Count), pictures);
        Assert.Equal(wantedSounds.Take(sounds.Count), sounds);
    }

    /// <summary>Of a line of ffmpeg's framehash: stream, DTS, PTS, duration, size, hash, side data.</summary>
    private const int HashField = 5;

    private const string Slices = "filter_units=pass_types=1-5";

    private static async Task<IReadOnlyList<string>> HashesAsync(string file, string stream, params string[] filter)
    {
        string[] head = file.EndsWith(".mp4", StringComparison.Ordinal) ? ["-ignore_editlist", "1"] : [];
        string text = await Programs.OutputAsync(
            "ffmpeg",
            [
                .. (string[])["-v", "error", "-nostdin"],
                .. head,
                "-i",
                file,
                "-map",
                stream,
                "-c",
                "copy",
                .. filter,
                "-copyinkf",
                "-f",
                "framehash",
                "-hash",
                "md5",
                "-",
            ]
        );
        return [.. text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(',')[HashField].Trim())];
    }

    private static async Task<string> VideoAsync(string file, string entries, params string[] more)
    {
        string select = entries.Contains('=', StringComparison.Ordinal) ? entries : $"stream={entries}";
        string text = await Programs.OutputAsync(
            "ffprobe",
            ["-v", "error", .. more, "-select_streams", "v:0", "-show_entries", select, "-of", "csv=p=0", file]
        );
        return text.Trim();
    }

    private static long ParseLong(this string text) => long.Parse(text.TrimEnd(','), CultureInfo.InvariantCulture);
}
