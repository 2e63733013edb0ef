using Rig.Streams.Processes;

namespace Rig.Node.Pictures;

/// <summary>The tone that marks an instant in every camera's sound: 1 kHz for 300 ms through this machine's sound card, where it has one.</summary>
public static class Tone
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>Completes when it has sounded; why it has not, or null.</summary>
    public static async Task<string?> SoundAsync(CancellationToken cancel)
    {
        if (!Directory.Exists("/dev/snd"))
        {
            return "This machine has no sound card.";
        }

        if (ProgramPath.Find("ffmpeg") is not { } ffmpeg)
        {
            return "The program ffmpeg is not installed.";
        }

        ChildCommand command = new()
        {
            Program = ffmpeg,
            Arguments =
            [
                .. "-nostdin -hide_banner -loglevel error -f lavfi -i sine=frequency=1000:sample_rate=48000:duration=0.3 -f alsa default".Split(
                    ' '
                ),
            ],
        };
        try
        {
            ToolAnswer answer = await ToolRun.RunAsync(command, Limit, cancel);
            return answer.Exit.IsSuccess ? null : $"The sound card refused: {string.Join(' ', answer.Errors.TakeLast(1))}";
        }
        catch (IOException failed)
        {
            return failed.Message;
        }
    }
}
