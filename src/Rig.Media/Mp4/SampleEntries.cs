using Rig.Media.Formats;

namespace Rig.Media.Mp4;

/// <summary>
/// Writes the sample description of a track (ISO/IEC 14496-12 8.5.2):
/// <code>
/// stsd
///  ├ avc1 avc3 hvc1 hev1 av01 jpeg    VisualSampleEntry, 12.1.3
///  │   └ avcC hvcC av1C, colr, pasp, fiel, mdcv, clli
///  ├ mp4a Opus ulaw alaw ipcm         AudioSampleEntry, 12.2.3
///  │   └ esds dOps pcmC
///  ├ mett                             12.3.3 (KLV by its media type, RFC 6597)
///  ├ tmcd                             QuickTime timecode
///  └ text                             QuickTime text (chapter titles)
/// </code>
/// </summary>
internal static class SampleEntries
{
    /// <summary>Whether a track of this codec can be written.</summary>
    public static bool CanWrite(Codec codec) => codec != Codec.JpegXs;

    public static byte[] Of(SegmentTrack track) =>
        Describe(to =>
        {
            switch (track.Format.Kind)
            {
                case TrackKind.Video:
                    WriteVisual(to, track);
                    break;
                case TrackKind.Audio:
                    WriteAudio(to, track.Format);
                    break;
                default:
                    WriteMetadata(to);
                    break;
            }
        });

    /// <summary>A timecode of so many frames a second, each so many ticks long.</summary>
    public static byte[] Timecode(Timecode timecode) =>
        Describe(to =>
        {
            const uint DropFrame = 1;
            const uint Max24Hours = 2;
            int entry = Begin(to, "tmcd"u8);
            to.U32(0);
            to.U32(Max24Hours | (timecode.DropFrame ? DropFrame : 0));
            to.U32(timecode.Timescale);
            to.U32(timecode.FrameDuration);
            to.U8(timecode.FramesPerSecond);
            to.U8(0);
            to.End(entry);
        });

    public static byte[] Text() =>
        Describe(to =>
        {
            int entry = Begin(to, "text"u8);
            to.U32(1); // display flags: do not auto scale
            to.U32(1); // centred
            to.Zero(6); // background
            to.Zero(8); // default text box
            to.Zero(8);
            to.U16(0); // font number
            to.U16(0); // face
            to.Zero(3);
            to.Zero(6); // foreground
            to.U8(0); // font name
            to.End(entry);
        });

    private static byte[] Describe(Action<BoxWriter> writeEntry)
    {
        var to = new BoxWriter(512);
        int stsd = to.BeginFull("stsd"u8);
        to.U32(1);
        writeEntry(to);
        to.End(stsd);
        return to.ToArray();
    }

    /// <summary>The beginning that all sample entries share (8.5.2.2).</summary>
    private static int Begin(BoxWriter to, ReadOnlySpan<byte> type)
    {
        int entry = to.Begin(type);
        to.Zero(6);
        to.U16(1); // data reference
        return entry;
    }

    private static ReadOnlySpan<byte> VisualType(SegmentTrack track) =>
        (track.Format.Codec, track.ParameterSetsInStream) switch
        {
            (Codec.H264, false) => "avc1"u8,
            (Codec.H264, true) => "avc3"u8,
            (Codec.H265, false) => "hvc1"u8,
            (Codec.H265, true) => "hev1"u8,
            (Codec.Av1, _) => "av01"u8,
            (Codec.Jpeg, _) => "jpeg"u8,
            _ => throw new ArgumentException($"{track.Format.Codec} cannot be written to MP4.", nameof(track)),
        };

    private static void WriteVisual(BoxWriter to, SegmentTrack track)
    {
        const uint Dpi72 = 0x0048_0000;
        VideoFormat video = track.Format.Video ?? throw new ArgumentException("A video track needs its video format.", nameof(track));
        int entry = Begin(to, VisualType(track));
        to.Zero(16);
        to.U16(video.Width);
        to.U16(video.Height);
        to.U32(Dpi72);
        to.U32(Dpi72);
        to.U32(0);
        to.U16(1); // frames of a sample
        to.Zero(32); // compressor name
        to.U16(0x0018); // colour without alpha
        to.U16(0xFFFF);
        switch (track.Format.Codec)
        {
            case Codec.H264:
                CodecConfiguration.WriteAvc(to, track.Format);
                break;
            case Codec.H265:
                CodecConfiguration.WriteHevc(to, track.Format, complete: !track.ParameterSetsInStream);
                break;
            case Codec.Av1:
                CodecConfiguration.WriteAv1(to, track.Format);
                break;
            default:
                break;
        }

        WritePicture(to, video);
        to.End(entry);
    }

    /// <summary>colr (12.1.5), pasp (12.1.4), fiel (QuickTime), mdcv and clli (12.1.6, 12.1.7: the same bytes as in the SEI payloads).</summary>
    private static void WritePicture(BoxWriter to, VideoFormat video)
    {
        const int MasteringDisplayBytes = 24;
        const int ContentLightBytes = 4;
        if (video.Colour != Colour.Unspecified)
        {
            int colr = to.Begin("colr"u8);
            to.Bytes("nclx"u8);
            to.U16(video.Colour.Primaries);
            to.U16(video.Colour.Transfer);
            to.U16(video.Colour.Matrix);
            to.U8(video.Colour.FullRange ? 0x80 : 0);
            to.End(colr);
        }

        if (video.SampleAspectRatio is { Numerator: > 0, Denominator: > 0 } aspect && aspect.Numerator != aspect.Denominator)
        {
            int pasp = to.Begin("pasp"u8);
            to.U32((uint)aspect.Numerator);
            to.U32((uint)aspect.Denominator);
            to.End(pasp);
        }

        if (video.Interlaced)
        {
            to.Box("fiel"u8, [2, 1]); // two fields, top first in storage and display
        }

        if (video.MasteringDisplay.Length == MasteringDisplayBytes)
        {
            to.Box("mdcv"u8, video.MasteringDisplay.Span);
        }

        if (video.ContentLightLevel.Length == ContentLightBytes)
        {
            to.Box("clli"u8, video.ContentLightLevel.Span);
        }
    }

    private static ReadOnlySpan<byte> AudioType(Codec codec) =>
        codec switch
        {
            Codec.Aac => "mp4a"u8,
            Codec.Opus => "Opus"u8,
            Codec.PcmMuLaw => "ulaw"u8,
            Codec.PcmALaw => "alaw"u8,
            _ => "ipcm"u8,
        };

    private static void WriteAudio(BoxWriter to, TrackFormat format)
    {
        AudioFormat audio = format.Audio ?? throw new ArgumentException("An audio track needs its audio format.", nameof(format));
        int entry = Begin(to, AudioType(format.Codec));
        to.Zero(8);
        to.U16(audio.Channels);
        to.U16(format.Codec == Codec.Pcm ? audio.BitsPerSample : 16);
        to.Zero(4);
        to.U32(audio.SampleRate <= ushort.MaxValue ? (uint)audio.SampleRate << 16 : 0); // 16.16; greater rates are told by the codec
        switch (format.Codec)
        {
            case Codec.Aac:
                CodecConfiguration.WriteEsds(to, format);
                break;
            case Codec.Opus:
                CodecConfiguration.WriteOpus(to, format);
                break;
            case Codec.Pcm:
                CodecConfiguration.WritePcm(to, format);
                break;
            default:
                break;
        }

        to.End(entry);
    }

    private static void WriteMetadata(BoxWriter to)
    {
        int entry = Begin(to, "mett"u8);
        to.Utf8Zero(""); // content encoding: none
        to.Utf8Zero("application/smpte336m");
        to.End(entry);
    }
}
