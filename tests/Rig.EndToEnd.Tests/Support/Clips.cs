using System.Globalization;

namespace Rig.EndToEnd.Tests.Support;

/// <summary>Clips that sources play.</summary>
internal static class Clips
{
    /// <summary>A real broadcast, when it lies beside the checkout.</summary>
    public static string? Shared { get; } = Programs.SharedMedia("ts/80s_with_ad.ts");

    /// <summary>MPEG-TS with B-pictures and sound, 25 pictures a second without stamps, a key picture each second.</summary>
    public static async Task<string> MakeAsync(string folder, int seconds)
    {
        string file = Path.Combine(folder, "clip.ts");
        string length = seconds.ToString(CultureInfo.InvariantCulture);
        await Programs.OutputAsync(
            "ffmpeg",
            [
                .. "-v error -nostdin -y -f lavfi -i testsrc=size=640x360:rate=25 -f lavfi -i sine=frequency=440:sample_rate=48000 -t".Split(
                    ' '
                ),
                length,
                .. "-c:v libx264 -preset ultrafast -bf 2 -g 25 -sc_threshold 0 -pix_fmt yuv420p -c:a aac -f mpegts".Split(' '),
                file,
            ]
        );
        return file;
    }
}
