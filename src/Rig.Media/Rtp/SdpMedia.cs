using System.Globalization;
using System.Text;
using Rig.Media.Codecs.Av1;
using Rig.Media.Codecs.H264;
using Rig.Media.Codecs.H265;
using Rig.Media.Formats;

namespace Rig.Media.Rtp;

/// <summary>Describes a camera's tracks for RTSP (RFC 8866; RFC 6184 8.2.1, RFC 7798 7.1, RFC 3640 4.1, RFC 7587 7, AV1 RTP 7.2).</summary>
public static class SdpMedia
{
    /// <summary>The first of the payload types that sessions give out themselves (RFC 3551 6).</summary>
    private const int FirstDynamic = 96;

    /// <summary>The payload type of a track.</summary>
    public static byte PayloadType(int track) => (byte)(FirstDynamic + track);

    /// <summary>A session description of a camera that is seen live.</summary>
    /// <param name="tracks">The tracks by number; null for those that have no payload format.</param>
    public static string Describe(string name, IReadOnlyList<TrackFormat?> tracks)
    {
        ArgumentNullException.ThrowIfNull(tracks);
        StringBuilder text = new(1024);
        text.Append("v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\n")
            .Append(CultureInfo.InvariantCulture, $"s={name}\r\n")
            .Append("c=IN IP4 0.0.0.0\r\nt=0 0\r\na=control:*\r\na=range:npt=now-\r\n");
        for (int track = 0; track < tracks.Count; track++)
        {
            if (tracks[track] is { } format && RtpPayload.Of(format) is { } payload)
            {
                Media(text, track, format, payload.ClockRate);
            }
        }

        return text.ToString();
    }

    private static void Media(StringBuilder text, int track, TrackFormat format, uint clockRate)
    {
        byte type = PayloadType(track);
        string kind = format.Kind == TrackKind.Video ? "video" : "audio";
        string channels =
            format.Codec == Codec.Opus ? "/2"
            : format.Audio is { } audio ? $"/{audio.Channels}"
            : "";
        text.Append(CultureInfo.InvariantCulture, $"m={kind} 0 RTP/AVP {type}\r\n")
            .Append(CultureInfo.InvariantCulture, $"a=rtpmap:{type} {Encoding(format.Codec)}/{clockRate}{channels}\r\n");
        if (Parameters(format) is { Length: > 0 } parameters)
        {
            text.Append(CultureInfo.InvariantCulture, $"a=fmtp:{type} {parameters}\r\n");
        }

        if (format.Video?.FrameRate is { } rate)
        {
            text.Append(CultureInfo.InvariantCulture, $"a=framerate:{rate.Value:0.###}\r\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"a=control:trackID={track}\r\n");
    }

    private static string Encoding(Codec codec) =>
        codec switch
        {
            Codec.H264 => "H264",
            Codec.H265 => "H265",
            Codec.Av1 => "AV1",
            Codec.Aac => "mpeg4-generic",
            _ => "opus",
        };

    private static string Parameters(TrackFormat format) =>
        format.Codec switch
        {
            Codec.H264 => H264(format),
            Codec.H265 => H265(format),
            Codec.Av1 => Av1(format),
            Codec.Aac when format.ParameterSets.Count > 0 =>
                $"streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config={Convert.ToHexString(format.ParameterSets[0].Span)}",
            Codec.Opus when format.Audio?.Channels == 2 => "sprop-stereo=1",
            _ => "",
        };

    private static string H264(TrackFormat format)
    {
        ReadOnlyMemory<byte> sps = format.ParameterSets.FirstOrDefault(H264Format.IsSps);
        string profile = sps.Length > 3 ? $"profile-level-id={Convert.ToHexString(sps.Span[1..4])};" : "";
        return $"packetization-mode=1;{profile}sprop-parameter-sets={string.Join(',', format.ParameterSets.Select(Base64))}";
    }

    private static string H265(TrackFormat format)
    {
        (string Name, H265NalType Type)[] kinds =
        [
            ("sprop-vps", H265NalType.VideoParameterSet),
            ("sprop-sps", H265NalType.SequenceParameterSet),
            ("sprop-pps", H265NalType.PictureParameterSet),
        ];
        return string.Join(
            ';',
            kinds.Select(kind =>
                $"{kind.Name}={string.Join(',', format.ParameterSets.Where(set => H265Format.Type(set) == kind.Type).Select(Base64))}"
            )
        );
    }

    private static string Av1(TrackFormat format)
    {
        ReadOnlySpan<byte> bytes = format.ParameterSets.Count > 0 ? format.ParameterSets[0].Span : default;
        return Obu.TryRead(ref bytes, out Obu obu) && Av1SequenceHeader.Parse(obu.Payload) is { } header
            ? string.Create(CultureInfo.InvariantCulture, $"profile={header.Profile};level-idx={header.LevelIndex};tier={header.Tier}")
            : "";
    }

    private static string Base64(ReadOnlyMemory<byte> set) => Convert.ToBase64String(set.Span);
}
