using System.Globalization;

namespace Rig.Bench.Load;

/// <summary>What ffprobe and ffmpeg say of the files that a recorder left.</summary>
internal static class MediaCheck
{
    /// <summary>Units of a track: <c>v:0</c> the pictures, <c>a:0</c> the audio frames; 0 when there is none.</summary>
    public static async Task<int> CountAsync(string path, string track, CancellationToken cancel)
    {
        string text = await Tool.RunAsync(
            "ffprobe",
            $"-v error -select_streams {track} -count_packets -show_entries stream=nb_read_packets -of csv=p=0 {path}",
            cancel
        );
        return int.TryParse(text.Trim().Split(',', '\n')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int units) ? units : 0;
    }

    /// <summary>Compares every file with what was sent to it, and decodes the first one.</summary>
    public static async Task<Findings> CheckAsync(LoadClip clip, int streams, string folder, CancellationToken cancel)
    {
        string[] files = [.. Directory.EnumerateFiles(folder, "*.mp4", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        Findings findings = new(Math.Abs(streams - files.Length), 0, 0, "");
        foreach (string file in files)
        {
            int pictures = await CountAsync(file, "v:0", cancel);
            int sounds = await CountAsync(file, "a:0", cancel);
            findings = findings with
            {
                Pictures = findings.Pictures + Math.Abs(clip.Pictures - pictures),
                Sounds = findings.Sounds + Math.Abs(clip.Sounds - sounds),
            };
        }

        findings = findings with { Pictures = findings.Pictures + ((long)clip.Pictures * findings.Files) };
        return files.Length == 0
            ? findings
            : findings with
            {
                DecodeErrors = await Tool.ErrorsAsync("ffmpeg", $"-v error -nostdin -i {files[0]} -f null -", cancel),
            };
    }

    /// <param name="Files">Files too few or too many: there must be one a stream.</param>
    /// <param name="Pictures">Pictures that are missing, or there twice, over all files.</param>
    /// <param name="Sounds">Audio frames that are missing, or there twice, over all files.</param>
    /// <param name="DecodeErrors">What ffmpeg complained of when it decoded one file.</param>
    internal sealed record Findings(int Files, long Pictures, long Sounds, string DecodeErrors)
    {
        public bool IsWhole => Files == 0 && Pictures == 0 && DecodeErrors.Length == 0;
    }
}
