using System.Globalization;

namespace Rig.Bench.Load;

/// <summary>Makes the clips with ffmpeg: 1080p30 H.264 with a closed GOP a second, noise that fills the bitrate, and AAC. Made once.</summary>
internal static class ClipMaker
{
    public static async Task<LoadClip> MakeAsync(string folder, int megabits, int seconds, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, $"h264_1080p30_{megabits}m_{seconds}s.ts");
        if (!File.Exists(path))
        {
            Console.WriteLine($"making {Path.GetFileName(path)}");
            int video = (megabits * 1000) - 400;
            string noise = megabits > 20 ? "25" : "6";
            await Tool.RunAsync(
                "ffmpeg",
                $"-hide_banner -loglevel error -y -f lavfi -i testsrc2=size=1920x1080:rate=30:duration={seconds},noise=alls={noise}:allf=t,format=yuv420p "
                    + $"-f lavfi -i sine=frequency=440:sample_rate=48000:duration={seconds} -map 0:v -map 1:a -c:v libx264 -preset ultrafast -tune zerolatency "
                    + $"-g 30 -keyint_min 30 -sc_threshold 0 -bf 0 -b:v {video}k -maxrate {video}k -bufsize {video}k -profile:v high "
                    + $"-c:a aac -ac 2 -b:a 128k -f mpegts -mpegts_flags +resend_headers -pcr_period 20 -muxdelay 0.1 {path}.part",
                cancel
            );
            File.Move(path + ".part", path);
        }

        return LoadClip.Load(path, await MediaCheck.CountAsync(path, "v:0", cancel), await MediaCheck.CountAsync(path, "a:0", cancel));
    }
}
