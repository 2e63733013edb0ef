using System.Globalization;

namespace Rig.Bench.Load;

/// <summary>Makes the clips with ffmpeg: 1080p30 H.264 with a closed GOP a second, noise that fills the bitrate, and AAC. Made once.</summary>
internal static class ClipMaker
{
    public static async Task<LoadClip> MakeAsync(string folder, int megabits, int seconds)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, $"h264_1080p30_{megabits}m_{seconds}s.ts");
        if (!File.Exists(path))
        {
            Console.WriteLine($"making {Path.GetFileName(path)} ...");
            int video = (megabits * 1000) - 400;
            string noise = megabits > 20 ? "25" : "6";
            await Tool.RunAsync(
                "ffmpeg",
                $"-hide_banner -loglevel error -y -f lavfi -i testsrc2=size=1920x1080:rate=30:duration={seconds},noise=alls={noise}:allf=t,format=yuv420p "
                    + $"-f lavfi -i sine=frequency=440:sample_rate=48000:duration={seconds} -map 0:v -map 1:a -c:v libx264 -preset ultrafast -tune zerolatency "
                    + $"-g 30 -keyint_min 30 -sc_threshold 0 -bf 0 -b:v {video}k -maxrate {video}k -bufsize {video}k -profile:v high "
                    + $"-c:a aac -ac 2 -b:a 128k -f mpegts -mpegts_flags +resend_headers -pcr_period 20 -muxdelay 0.1 {path}.part"
            );
            File.Move(path + ".part", path);
        }

        return LoadClip.Load(path, await FramesAsync(path));
    }

    /// <summary>Pictures in a file, counted by ffprobe.</summary>
    public static async Task<int> FramesAsync(string path)
    {
        string text = await Tool.RunAsync(
            "ffprobe",
            $"-v error -select_streams v:0 -count_packets -show_entries stream=nb_read_packets -of csv=p=0 {path}"
        );
        return int.TryParse(text.Trim().Split(',', '\n')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int frames) ? frames : 0;
    }
}
