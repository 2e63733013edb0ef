using System.Collections.Concurrent;
using Rig.Streams.Processes;

namespace Rig.Streams.Sources;

/// <summary>An encoder as ffmpeg is told to use it.</summary>
/// <param name="Name">ffmpeg's name.</param>
/// <param name="DeviceArguments">Before the input: which hardware.</param>
/// <param name="Filter">How pictures get into the encoder's format; null for none.</param>
/// <param name="Arguments">The encoder's own options.</param>
/// <param name="Preset">How it is set, for messages.</param>
internal sealed record EncoderChoice(string Name, string[] DeviceArguments, string? Filter, string[] Arguments, string? Preset = null)
{
    /// <summary>Hardware first, in the order of what boards of the field have; software last, which always works.</summary>
    public static readonly IReadOnlyList<EncoderChoice> All =
    [
        new("h264_v4l2m2m", [], "format=yuv420p", []),
        new("hevc_rkmpp", [], "format=nv12", []),
        new("h264_rkmpp", [], "format=nv12", []),
        new("h264_vaapi", ["-vaapi_device", "/dev/dri/renderD128"], "format=nv12,hwupload", []),
        new("h264_nvenc", [], "format=yuv420p", ["-preset", "p1", "-tune", "ll"], "p1"),
        new("h264_qsv", [], "format=nv12", ["-preset", "veryfast"], "veryfast"),
        Software,
    ];

    /// <summary>No look-ahead and no B-pictures: pictures leave as they come.</summary>
    public static EncoderChoice Software =>
        new("libx264", [], "format=yuv420p", ["-preset", "ultrafast", "-tune", "zerolatency"], "ultrafast");

    public bool IsSoftware => Name.StartsWith("lib", StringComparison.Ordinal);
}

/// <summary>
/// Finds an encoder that works on this machine by encoding a few pictures with each: that ffmpeg lists one, or that a device node exists, says
/// nothing about whether it works. What was found is remembered. Any thread.
/// </summary>
internal sealed class EncoderProbe
{
    /// <summary>A driver that has not encoded five pictures by then hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(string Ffmpeg, string Size), Task<EncoderChoice>> _found = new();

    /// <summary>The best encoder that works at a size.</summary>
    public Task<EncoderChoice> FindAsync(string ffmpeg, string size, CancellationToken cancellation) =>
        _found.GetOrAdd((ffmpeg, size), key => TryAllAsync(key.Ffmpeg, key.Size)).WaitAsync(cancellation);

    /// <summary>Whether the encoder makes five pictures of that size.</summary>
    public static async Task<bool> WorksAsync(string ffmpeg, EncoderChoice encoder, string size, CancellationToken cancellation)
    {
        var command = new ChildCommand { Program = ffmpeg, Arguments = TrialArguments(encoder, size) };
        return (await ToolRun.RunAsync(command, Patience, cancellation)).Exit.IsSuccess;
    }

    internal static string[] TrialArguments(EncoderChoice encoder, string size) =>
        [
            "-nostdin",
            "-hide_banner",
            "-loglevel",
            "error",
            .. encoder.DeviceArguments,
            "-f",
            "lavfi",
            "-i",
            $"testsrc2=size={size}:rate=30",
            .. encoder.Filter is null ? Array.Empty<string>() : ["-vf", encoder.Filter],
            "-frames:v",
            "5",
            "-c:v",
            encoder.Name,
            .. encoder.Arguments,
            "-f",
            "null",
            "-",
        ];

    private static async Task<EncoderChoice> TryAllAsync(string ffmpeg, string size)
    {
        foreach (EncoderChoice encoder in EncoderChoice.All)
        {
            if (encoder.IsSoftware || await WorksAsync(ffmpeg, encoder, size, CancellationToken.None))
            {
                return encoder;
            }
        }

        return EncoderChoice.Software;
    }
}
