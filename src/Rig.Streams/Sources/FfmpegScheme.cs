using Rig.Streams.Processes;

namespace Rig.Streams.Sources;

/// <summary><c>rtsp:</c>, <c>rtsps:</c> and <c>srt:</c> through a child ffmpeg that copies video and audio into MPEG-TS on its output.</summary>
public sealed class FfmpegScheme : ISourceScheme
{
    public IReadOnlyList<string> Names => ["rtsp", "rtsps", "srt"];

    public string Example => "rtsp://HOST:554/PATH; srt://HOST:PORT?mode=caller";

    public ISource Create(SourceUri uri, SourceContext context)
    {
        if (!Uri.TryCreate(uri.Text, UriKind.Absolute, out Uri? parsed) || (parsed.Host.Length == 0 && uri.Scheme != "srt"))
        {
            throw new SourceException($"'{Redact(uri)}' is not an address. It is written {Example}.");
        }

        return new ChildSource(
            Redact(uri),
            context,
            _ => Task.FromResult(new ChildPlan(new ChildCommand { Program = Programs.Find("ffmpeg", context), Arguments = Arguments(uri) }))
        );
    }

    /// <summary>No <c>nobuffer</c>: it throws away what was read to find out the codecs. RTSP over TCP, since a camera's UDP through a switch under load loses packets that nothing sends again.</summary>
    internal static string[] Arguments(SourceUri uri)
    {
        string[] transport = uri.Scheme.StartsWith("rtsp", StringComparison.Ordinal) ? ["-rtsp_transport", "tcp"] : [];
        return
        [
            "-nostdin",
            "-hide_banner",
            "-loglevel",
            "warning",
            "-nostats",
            .. transport,
            "-fflags",
            "+genpts",
            "-i",
            uri.Text,
            "-map",
            "0:v?",
            "-map",
            "0:a?",
            "-c",
            "copy",
            .. MpegTsOutput,
        ];
    }

    /// <summary>MPEG-TS on the standard output, each packet at once and without the muxer's usual delay of 0.7 s.</summary>
    internal static readonly string[] MpegTsOutput =
    [
        "-muxdelay",
        "0",
        "-muxpreload",
        "0",
        "-flush_packets",
        "1",
        "-f",
        "mpegts",
        "pipe:1",
    ];

    /// <summary>The address without user name, password and query: those of cameras are secrets, and descriptions are shown.</summary>
    private static string Redact(SourceUri uri)
    {
        string text = uri.Text.Split('?')[0];
        int start = text.IndexOf("//", StringComparison.Ordinal) + 2;
        int at = start < 2 ? -1 : text.LastIndexOf('@');
        return at < start ? text : string.Concat(text.AsSpan(0, start), text.AsSpan(at + 1));
    }
}
