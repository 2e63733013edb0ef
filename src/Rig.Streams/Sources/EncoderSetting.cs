namespace Rig.Streams.Sources;

/// <summary>The encoder that a source runs, so that an alarm can name it and say what to lower.</summary>
/// <param name="Name">ffmpeg's or rpicam's name: <c>libx264</c>, <c>h264_vaapi</c>.</param>
/// <param name="Preset">How it is set, where that matters; null otherwise.</param>
/// <param name="Nominal">Pictures a second it is to make.</param>
/// <param name="Remedy">What to lower when it cannot keep up.</param>
public sealed record EncoderSetting(string Name, string? Preset, double Nominal, string Remedy);
