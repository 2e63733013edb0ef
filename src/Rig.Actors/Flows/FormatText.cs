using System.Globalization;
using Rig.Contracts.Cameras;
using Rig.Media.Formats;

namespace Rig.Actors.Flows;

/// <summary>Formats of the media plane in the words of the API.</summary>
internal static class FormatText
{
    public static string Name(Codec codec) =>
        codec switch
        {
            Codec.H264 => "h264",
            Codec.H265 => "hevc",
            Codec.Av1 => "av1",
            Codec.Jpeg => "mjpeg",
            Codec.JpegXs => "jpegxs",
            Codec.Aac => "aac",
            Codec.Opus => "opus",
            Codec.PcmMuLaw => "pcm_mulaw",
            Codec.PcmALaw => "pcm_alaw",
            Codec.Pcm => "pcm",
            _ => "klv",
        };

    public static string Name(CaptureClock clock) =>
        clock switch
        {
            CaptureClock.SenderReport => "sender_report",
            CaptureClock.Device => "device",
            CaptureClock.FrameStamp => "frame_stamp",
            _ => "estimated",
        };

    public static Resolution? Size(TrackFormat? format) => format?.Video is { } video ? new Resolution(video.Width, video.Height) : null;

    public static double? Fps(TrackFormat? format) => format?.Video?.FrameRate is { } rate ? Math.Round(rate.Value, 3) : null;

    /// <summary>One line: <c>h264 1920x1080 30 fps</c>, <c>aac 48000 Hz 2 ch</c>.</summary>
    public static string Describe(TrackFormat format) =>
        format switch
        {
            { Video: { } video } => string.Create(
                CultureInfo.InvariantCulture,
                $"{Name(format.Codec)} {video.Width}x{video.Height}{(video.FrameRate is { } rate ? $" {rate.Value:0.###} fps" : "")}"
            ),
            { Audio: { } audio } => $"{Name(format.Codec)} {audio.SampleRate} Hz {audio.Channels} ch",
            _ => Name(format.Codec),
        };

    public static string Describe(IEnumerable<TrackFormat> formats) => string.Join(", ", formats.Select(Describe));
}
