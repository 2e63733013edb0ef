using System.Buffers.Binary;

namespace Rig.Media.MpegTs;

/// <summary>How the payload of an elementary stream is to be read.</summary>
internal enum StreamKind
{
    Unsupported,
    H264,
    H265,
    Adts,
    Latm,
    Opus,
    Klv,

    /// <summary>KLV in metadata access unit cells (ISO/IEC 13818-1 2.12.4.2).</summary>
    KlvCells,

    /// <summary>Announced as MPEG audio: may be AAC all the same, which the first bytes tell.</summary>
    MpegAudio,
}

/// <summary>stream_type values of ISO/IEC 13818-1 table 2-34 and the descriptors (2.6) that tell private streams apart.</summary>
internal static class StreamTypes
{
    public const byte Mpeg1Audio = 0x03;
    public const byte Mpeg2Audio = 0x04;
    public const byte Private = 0x06;
    public const byte Adts = 0x0f;
    public const byte Latm = 0x11;
    public const byte Metadata = 0x15;
    public const byte H264 = 0x1b;
    public const byte H265 = 0x24;

    public const byte RegistrationDescriptor = 0x05;
    public const byte MetadataDescriptor = 0x26;
    public const byte ExtensionDescriptor = 0x7f;

    /// <summary>descriptor_tag_extension of the Opus descriptor: user defined range of EN 300 468 table 109, as FFmpeg and OBS write it.</summary>
    public const byte OpusExtension = 0x80;

    public static readonly uint OpusFormat = FourCc("Opus"u8);
    public static readonly uint KlvFormat = FourCc("KLVA"u8);
    public static readonly uint HevcFormat = FourCc("HEVC"u8);

    public static StreamKind Kind(StreamEntry stream) =>
        stream.StreamType switch
        {
            H264 => StreamKind.H264,
            H265 => StreamKind.H265,
            Adts => StreamKind.Adts,
            Latm => StreamKind.Latm,

            Mpeg1Audio or Mpeg2Audio => StreamKind.MpegAudio,
            Private => PrivateKind(stream.Descriptors),
            Metadata when IsKlvMetadata(stream.Descriptors) => StreamKind.KlvCells,
            _ => StreamKind.Unsupported,
        };

    /// <summary>The channel_config_code of the Opus descriptor; 2 (stereo) when there is none.</summary>
    public static int OpusChannelCode(ReadOnlySpan<byte> descriptors) =>
        Find(descriptors, ExtensionDescriptor, out ReadOnlySpan<byte> body) && body.Length >= 2 && body[0] == OpusExtension ? body[1] : 2;

    /// <summary>Finds the first descriptor with a tag; false when there is none or the list is broken before it.</summary>
    public static bool Find(ReadOnlySpan<byte> descriptors, byte tag, out ReadOnlySpan<byte> body)
    {
        while (descriptors.Length >= 2 && descriptors[1] <= descriptors.Length - 2)
        {
            if (descriptors[0] == tag)
            {
                body = descriptors.Slice(2, descriptors[1]);
                return true;
            }

            descriptors = descriptors[(2 + descriptors[1])..];
        }

        body = default;
        return false;
    }

    private static StreamKind PrivateKind(ReadOnlySpan<byte> descriptors)
    {
        if (!Find(descriptors, RegistrationDescriptor, out ReadOnlySpan<byte> body) || body.Length < 4)
        {
            return StreamKind.Unsupported;
        }

        uint format = FourCc(body);
        return format == OpusFormat ? StreamKind.Opus
            : format == KlvFormat ? StreamKind.Klv
            : format == HevcFormat ? StreamKind.H265
            : StreamKind.Unsupported;
    }

    /// <summary>metadata_format 0xff with the identifier KLVA (2.6.60), or the registration alone as some encoders write it (MISB ST 1402).</summary>
    private static bool IsKlvMetadata(ReadOnlySpan<byte> descriptors)
    {
        if (Find(descriptors, RegistrationDescriptor, out ReadOnlySpan<byte> body))
        {
            return body.Length >= 4 && FourCc(body) == KlvFormat;
        }

        return !Find(descriptors, MetadataDescriptor, out body) || body.IndexOf("KLVA"u8) >= 0;
    }

    private static uint FourCc(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
